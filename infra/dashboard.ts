import { alarms } from "./alarms";
import { api, apiFunctions } from "./api";
import { functions } from "./function";
import { deadLetterQueues, workQueues } from "./queues";
import { stage } from "./stage";
import { streamConsumers } from "./streams";
import { indexes, table } from "./table";

/** A line in a graph: namespace, metric, then names and values of its dimensions. */
type Line = $util.Input<string>[];

const ofApi = (metric: string): Line => ["AWS/ApiGateway", metric, "ApiId", api.nodes.api.id];
const ofTable = (metric: string): Line => ["AWS/DynamoDB", metric, "TableName", table.name];
/** The metric of the table, and of each of its indexes: a table's does not include them. */
const ofTableAndIndexes = (metric: string): Line[] => [
  ofTable(metric),
  ...indexes.map((index) => [...ofTable(metric), "GlobalSecondaryIndexName", index]),
];
const ofFunction =
  (metric: string) =>
  ({ fn }: (typeof functions)[number]): Line => ["AWS/Lambda", metric, "FunctionName", fn.name];
const ofQueue =
  (metric: string) =>
  ({ queue }: (typeof workQueues)[number]): Line => [
    "AWS/SQS",
    metric,
    "QueueName",
    queue.nodes.queue.name,
  ];
const ofShop = (metric: string): Line => [
  $app.name,
  metric,
  "service",
  $app.name,
  "stage",
  $app.stage,
];

/** From the request to the mail, a row a stop: title, statistic, lines. */
const rows: [title: string, stat: string, lines: Line[]][][] = [
  [
    ["Requests", "Sum", [ofApi("Count"), ofApi("4xx"), ofApi("5xx")]],
    ["Latency of requests, ms", "p99", [ofApi("Latency"), ofApi("IntegrationLatency")]],
    ["Cold starts", "Sum", [ofShop("ColdStarts")]],
  ],
  [
    ["Latency of operations, ms", "p99", apiFunctions.map(ofFunction("Duration"))],
    ["Failed invocations", "Sum", functions.map(ofFunction("Errors"))],
    ["Throttled invocations", "Sum", functions.map(ofFunction("Throttles"))],
  ],
  [
    [
      "Table: units",
      "Sum",
      [ofTable("ConsumedReadCapacityUnits"), ofTable("ConsumedWriteCapacityUnits")],
    ],
    [
      "Table: throttles",
      "Sum",
      ["ReadThrottleEvents", "WriteThrottleEvents"].flatMap(ofTableAndIndexes),
    ],
    ["Behind the stream, ms", "Maximum", streamConsumers.map(ofFunction("IteratorAge"))],
  ],
  [
    ["Waiting in queues", "Maximum", workQueues.map(ofQueue("ApproximateNumberOfMessagesVisible"))],
    ["Oldest in queues, s", "Maximum", workQueues.map(ofQueue("ApproximateAgeOfOldestMessage"))],
    [
      "Dead letters",
      "Maximum",
      deadLetterQueues.map(ofQueue("ApproximateNumberOfMessagesVisible")),
    ],
  ],
  [
    ["Pets", "Sum", [ofShop("PetsCreated"), ofShop("PetsAdopted")]],
    ["Imported rows", "Sum", [ofShop("ImportRowsImported"), ofShop("ImportRowsFailed")]],
    ["Mails", "Sum", ["MailsSent", "MailsFailed", "MailsThrottled", "MailsOverLimit"].map(ofShop)],
  ],
];

if (stage.alarms) {
  const { region } = aws.getRegionOutput();
  const size = { width: 8, height: 6 };
  const graphs = rows.flatMap((row, y) =>
    row.map(([title, stat, metrics], x) => ({
      type: "metric",
      x: x * size.width,
      y: y * size.height,
      ...size,
      properties: { title, stat, metrics, region, period: 300, view: "timeSeries" },
    })),
  );
  const states = {
    type: "alarm",
    y: rows.length * size.height,
    width: 24,
    height: 6,
    properties: { title: "Alarms", alarms: alarms.map(({ arn }) => arn) },
  };
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: `${$app.name}-${$app.stage}`,
    dashboardBody: $jsonStringify({ widgets: [...graphs, states] }),
  });
}
