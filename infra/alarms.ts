import { api } from "./api";
import { functions } from "./function";
import { operators } from "./operators";
import { deadLetterQueues, workQueues } from "./queues";
import { streamConsumers } from "./streams";
import { indexes, table } from "./table";

/** Of a metric or of an expression; what all alarms have in common comes below. */
type Alarm = Partial<aws.cloudwatch.MetricAlarmArgs> & {
  alarmDescription: string;
  threshold: number;
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const ofApi = { namespace: "AWS/ApiGateway", dimensions: { ApiId: api.nodes.api.id } };

/** Of all requests in five minutes, if there were enough for a percentage to mean something. */
const percentOfRequests = (metricName: "4xx" | "5xx", threshold: number): Alarm => ({
  alarmDescription: `More than ${threshold} % of requests are answered ${metricName}.`,
  threshold,
  metricQueries: [
    {
      id: "percent",
      expression: "IF(requests >= 20, 100 * failed / requests, 0)",
      returnData: true,
    },
    { id: "failed", metric: { ...ofApi, metricName, period: 5 * MINUTE, stat: "Sum" } },
    { id: "requests", metric: { ...ofApi, metricName: "Count", period: 5 * MINUTE, stat: "Sum" } },
  ],
});

const sumIn5Minutes = (
  namespace: string,
  metricName: string,
  dimensions: Record<string, $util.Input<string>>,
) => ({ namespace, metricName, dimensions, statistic: "Sum", period: 5 * MINUTE });

const largestIn5Minutes = (
  namespace: string,
  metricName: string,
  dimensions: Record<string, $util.Input<string>>,
) => ({ ...sumIn5Minutes(namespace, metricName, dimensions), statistic: "Maximum" });

/** By name. The lists make them: what is added to a list has its alarm by that. */
const watched: Record<string, Alarm> = {
  ServerErrors: percentOfRequests("5xx", 1),
  ClientErrors: percentOfRequests("4xx", 50),
  SlowAnswers: {
    alarmDescription: "One request in a hundred took over two seconds, for a quarter of an hour.",
    ...ofApi,
    metricName: "Latency",
    extendedStatistic: "p99",
    period: 5 * MINUTE,
    evaluationPeriods: 3,
    threshold: 2_000,
  },
  MailFailures: {
    alarmDescription: "Mails to owners are not taken.",
    ...sumIn5Minutes($app.name, "MailsFailed", { service: $app.name, stage: $app.stage }),
    threshold: 5,
  },
};
for (const { name, fn } of functions) {
  watched[`${name}Errors`] = {
    alarmDescription: `${name} fails. Its log says why.`,
    ...sumIn5Minutes("AWS/Lambda", "Errors", { FunctionName: fn.name }),
    threshold: 0,
  };
  watched[`${name}Throttles`] = {
    alarmDescription: `${name} is throttled: the account's concurrent executions are used up.`,
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
    watched[`${name}${metricName}`] = {
      alarmDescription: `${what} throttles: a key takes more than a partition can.`,
      ...sumIn5Minutes("AWS/DynamoDB", metricName, { TableName: table.name, ...dimensions }),
      threshold: 0,
    };
  }
}
for (const { name, queue } of deadLetterQueues) {
  const dimensions = { QueueName: queue.nodes.queue.name };
  watched[`${name}Depth`] = {
    alarmDescription: `Something could not be done: npm run redrive shows ${name}.`,
    ...largestIn5Minutes("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions),
    threshold: 0,
    // SQS publishes metrics of a queue for up to six hours after it was active. Without them the alarm
    // stays as it is: a dead letter that nothing has touched since is still there
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html).
    treatMissingData: "ignore",
  };
  watched[`${name}Age`] = {
    alarmDescription: `In less than four days, ${name} forgets what nobody has looked at.`,
    ...largestIn5Minutes("AWS/SQS", "ApproximateAgeOfOldestMessage", dimensions),
    threshold: 10 * 24 * HOUR,
  };
}
for (const { name, queue } of workQueues) {
  watched[`${name}Age`] = {
    alarmDescription: `What is in ${name} waits for over a quarter of an hour.`,
    ...largestIn5Minutes("AWS/SQS", "ApproximateAgeOfOldestMessage", {
      QueueName: queue.nodes.queue.name,
    }),
    threshold: 15 * MINUTE,
  };
}
for (const { name, fn } of streamConsumers) {
  watched[`${name}IteratorAge`] = {
    alarmDescription: `${name} is five minutes behind the table's stream.`,
    ...largestIn5Minutes("AWS/Lambda", "IteratorAge", { FunctionName: fn.name }),
    threshold: 5 * MINUTE * 1000,
  };
}

export const alarms = operators ? Object.entries(watched).map(toAlarm(operators.arn)) : [];

function toAlarm(topic: $util.Input<string>) {
  return ([name, alarm]: [string, Alarm]) =>
    new aws.cloudwatch.MetricAlarm(name, {
      name: `${$app.name}-${$app.stage}-${name}`,
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      // Missing data counts as healthy: services publish nothing where nothing happens, and SQS no age
      // for an empty queue.
      treatMissingData: "notBreaching",
      alarmActions: [topic],
      okActions: [topic],
      ...alarm,
    });
}
