import { alarms } from "./alarms";
import { api, apiFunctions } from "./api";
import { functions } from "./function";
import { deadLetterQueues, workQueues } from "./queue";
import { stage } from "./stage";
import { streamConsumers } from "./streams";
import { indexes, table } from "./table";

/** A metric as widgets name it: namespace, name, then names and values of its dimensions. */
type Metric = $util.Input<string>[];

const apiMetric = (name: string): Metric => ["AWS/ApiGateway", name, "ApiId", api.nodes.api.id];

const tableMetric = (name: string): Metric => ["AWS/DynamoDB", name, "TableName", table.name];

/** The table's metrics do not include those of its indexes. */
const tableAndIndexMetrics = (name: string): Metric[] => [
  tableMetric(name),
  ...indexes.map((index) => [...tableMetric(name), "GlobalSecondaryIndexName", index]),
];

const functionMetrics = (list: { fn: sst.aws.Function }[], name: string): Metric[] =>
  list.map(({ fn }) => ["AWS/Lambda", name, "FunctionName", fn.name]);

const queueMetrics = (list: { queue: sst.aws.Queue }[], name: string): Metric[] =>
  list.map(({ queue }) => ["AWS/SQS", name, "QueueName", queue.nodes.queue.name]);

/** Metrics that the app's own code publishes. */
const appMetrics = (...names: string[]): Metric[] =>
  names.map((name) => [$app.name, name, "service", $app.name, "stage", $app.stage]);

/** One row per step from the request to the mail. */
const rows: [title: string, stat: string, metrics: Metric[]][][] = [
  [
    ["Requests", "Sum", [apiMetric("Count"), apiMetric("4xx"), apiMetric("5xx")]],
    ["Latency of requests, ms", "p99", [apiMetric("Latency"), apiMetric("IntegrationLatency")]],
    ["Cold starts", "Sum", appMetrics("ColdStarts")],
  ],
  [
    ["Latency of operations, ms", "p99", functionMetrics(apiFunctions, "Duration")],
    ["Failed invocations", "Sum", functionMetrics(functions, "Errors")],
    ["Throttled invocations", "Sum", functionMetrics(functions, "Throttles")],
  ],
  [
    [
      "Table: units",
      "Sum",
      [tableMetric("ConsumedReadCapacityUnits"), tableMetric("ConsumedWriteCapacityUnits")],
    ],
    [
      "Table: throttles",
      "Sum",
      ["ReadThrottleEvents", "WriteThrottleEvents"].flatMap(tableAndIndexMetrics),
    ],
    ["Stream: iterator age, ms", "Maximum", functionMetrics(streamConsumers, "IteratorAge")],
  ],
  [
    ["Queues: messages", "Maximum", queueMetrics(workQueues, "ApproximateNumberOfMessagesVisible")],
    [
      "Queues: age of oldest message, s",
      "Maximum",
      queueMetrics(workQueues, "ApproximateAgeOfOldestMessage"),
    ],
    [
      "Dead letters",
      "Maximum",
      queueMetrics(deadLetterQueues, "ApproximateNumberOfMessagesVisible"),
    ],
  ],
  [
    ["Pets", "Sum", appMetrics("PetsCreated", "PetsAdopted")],
    ["Imported rows", "Sum", appMetrics("ImportRowsImported", "ImportRowsFailed")],
    ["Mails", "Sum", appMetrics("MailsSent", "MailsFailed", "MailsThrottled", "MailsOverLimit")],
  ],
];

if (stage.alarms) {
  const { region } = aws.getRegionOutput();
  const size = { width: 8, height: 6 };
  const widgets = rows.flatMap((row, y) =>
    row.map(([title, stat, metrics], x) => ({
      type: "metric",
      x: x * size.width,
      y: y * size.height,
      ...size,
      properties: { title, stat, metrics, region, period: 300, view: "timeSeries" },
    })),
  );
  const alarmStates = {
    type: "alarm",
    y: rows.length * size.height,
    width: 24,
    height: 6,
    properties: { title: "Alarms", alarms: alarms.map(({ arn }) => arn) },
  };
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: `${$app.name}-${$app.stage}`,
    dashboardBody: $jsonStringify({ widgets: [...widgets, alarmStates] }),
  });
}
