import { api } from "./api";
import { functions } from "./function";
import { operators } from "./operators";
import { deadLetterQueues, workQueues } from "./queue";
import { streamConsumers } from "./streams";
import { indexes, table } from "./table";

/** What differs between alarms: a metric or an expression, its threshold and its description. */
type Alarm = Partial<aws.cloudwatch.MetricAlarmArgs> & {
  alarmDescription: string;
  threshold: number;
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const apiMetric = { namespace: "AWS/ApiGateway", dimensions: { ApiId: api.nodes.api.id } };

/** Alarms by name. The loops below add one for each function, queue, index and consumer. */
const alarmsByName: Record<string, Alarm> = {
  ServerErrors: percentOfRequests("5xx", 1),
  ClientErrors: percentOfRequests("4xx", 50),
  SlowAnswers: {
    alarmDescription: "For 15 minutes, 1 % of requests took longer than 2 seconds.",
    ...apiMetric,
    metricName: "Latency",
    extendedStatistic: "p99",
    period: 5 * MINUTE,
    evaluationPeriods: 3,
    threshold: 2_000,
  },
  MailFailures: {
    alarmDescription: "Mails to owners fail.",
    ...sumIn5Minutes($app.name, "MailsFailed", { service: $app.name, stage: $app.stage }),
    threshold: 5,
  },
};

for (const { name, fn } of functions) {
  alarmsByName[`${name}Errors`] = {
    alarmDescription: `${name} fails. Its log has the reason.`,
    ...sumIn5Minutes("AWS/Lambda", "Errors", { FunctionName: fn.name }),
    threshold: 0,
  };
  alarmsByName[`${name}Throttles`] = {
    alarmDescription: `${name} is throttled: the account's concurrent executions are in use.`,
    ...sumIn5Minutes("AWS/Lambda", "Throttles", { FunctionName: fn.name }),
    threshold: 0,
  };
}

// The table's metrics do not include those of its indexes
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html).
const tableAndIndexes = [
  { name: "Table", what: "The table", dimensions: {} },
  ...indexes.map((index) => ({
    name: `Table${index}`,
    what: `The table's index ${index}`,
    dimensions: { GlobalSecondaryIndexName: index },
  })),
];
for (const metricName of ["ReadThrottleEvents", "WriteThrottleEvents"]) {
  for (const { name, what, dimensions } of tableAndIndexes) {
    alarmsByName[`${name}${metricName}`] = {
      alarmDescription: `${what} is throttled: one key has more requests than a partition allows.`,
      ...sumIn5Minutes("AWS/DynamoDB", metricName, { TableName: table.name, ...dimensions }),
      threshold: 0,
    };
  }
}

for (const { name, queue } of deadLetterQueues) {
  const dimensions = { QueueName: queue.nodes.queue.name };
  alarmsByName[`${name}Depth`] = {
    alarmDescription: `Messages failed and are in ${name}. npm run redrive lists and replays them.`,
    ...maximumIn5Minutes("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions),
    threshold: 0,
    // SQS publishes no metrics of a queue that has been inactive for six hours, even if it has messages
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html).
    treatMissingData: "ignore",
  };
  alarmsByName[`${name}Age`] = {
    alarmDescription: `In less than 4 days, SQS deletes the oldest messages in ${name}.`,
    ...maximumIn5Minutes("AWS/SQS", "ApproximateAgeOfOldestMessage", dimensions),
    threshold: 10 * DAY,
  };
}

for (const { name, queue } of workQueues) {
  alarmsByName[`${name}Age`] = {
    alarmDescription: `Messages in ${name} wait longer than 15 minutes.`,
    ...maximumIn5Minutes("AWS/SQS", "ApproximateAgeOfOldestMessage", {
      QueueName: queue.nodes.queue.name,
    }),
    threshold: 15 * MINUTE,
  };
}

for (const { name, fn } of streamConsumers) {
  alarmsByName[`${name}IteratorAge`] = {
    alarmDescription: `${name} is more than 5 minutes behind the table's stream.`,
    ...maximumIn5Minutes("AWS/Lambda", "IteratorAge", { FunctionName: fn.name }),
    threshold: 5 * MINUTE * 1000,
  };
}

export const alarms = operators ? createAlarms(operators.arn) : [];

function createAlarms(topic: $util.Input<string>) {
  return Object.entries(alarmsByName).map(
    ([name, alarm]) =>
      new aws.cloudwatch.MetricAlarm(name, {
        name: `${$app.name}-${$app.stage}-${name}`,
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: 1,
        // Services publish no data without activity, and SQS no age for an empty queue.
        treatMissingData: "notBreaching",
        alarmActions: [topic],
        okActions: [topic],
        ...alarm,
      }),
  );
}

/** Percentage of the requests in 5 minutes. With fewer than 20 requests it is 0: too few to tell. */
function percentOfRequests(metricName: "4xx" | "5xx", threshold: number): Alarm {
  const sum = { period: 5 * MINUTE, stat: "Sum" };
  return {
    alarmDescription: `More than ${threshold} % of responses have a ${metricName} status.`,
    threshold,
    metricQueries: [
      {
        id: "percent",
        expression: "IF(requests >= 20, 100 * failed / requests, 0)",
        returnData: true,
      },
      { id: "failed", metric: { ...apiMetric, metricName, ...sum } },
      { id: "requests", metric: { ...apiMetric, metricName: "Count", ...sum } },
    ],
  };
}

function sumIn5Minutes(
  namespace: string,
  metricName: string,
  dimensions: Record<string, $util.Input<string>>,
) {
  return { namespace, metricName, dimensions, statistic: "Sum", period: 5 * MINUTE };
}

function maximumIn5Minutes(
  namespace: string,
  metricName: string,
  dimensions: Record<string, $util.Input<string>>,
) {
  return { ...sumIn5Minutes(namespace, metricName, dimensions), statistic: "Maximum" };
}
