import { describe, expect, it } from "vitest";
import { graphOf } from "../support/graph.ts";

/** Physical names by the metric dimension that has them. */
function namesIn({ all, resources }: ReturnType<typeof graphOf>) {
  const nameOf = ({ name, state }: (typeof resources)[number]) => String(state.name ?? name);
  const named = (type: string) =>
    resources.filter((resource) => resource.type === type).map(nameOf);
  return {
    FunctionName: named("aws:lambda/function:Function"),
    QueueName: named("aws:sqs/queue:Queue"),
    TableName: named("aws:dynamodb/table:Table"),
    ApiId: all("aws:apigatewayv2/api:Api").map(({ id }) => id),
  };
}

describe("the graph of production", () => {
  const graph = graphOf("production");
  const { all } = graph;
  const names = namesIn(graph);
  const alarms = all("aws:cloudwatch/metricAlarm:MetricAlarm");
  const metrics = alarms
    .flatMap((alarm) => [alarm, ...alarm.metricQueries.flatMap(({ metric }) => metric ?? [])])
    .map(({ metricName, dimensions }) => ({ metricName, ...dimensions }));
  const widgets = all("aws:cloudwatch/dashboard:Dashboard").flatMap(
    ({ dashboardBody }) => dashboardBody.widgets,
  );
  const drawn: Record<string, string>[] = widgets.flatMap(({ properties }) =>
    properties.metrics.map(([, metricName, ...pairs]) => ({
      metricName,
      ...Object.fromEntries(Array.from({ length: pairs.length / 2 }, (_, n) => pairs.slice(2 * n))),
    })),
  );
  const tables = all("aws:dynamodb/table:Table");
  const indexDimension = ({ name }: { name: string }) => ({ GlobalSecondaryIndexName: name });
  const sources = all("aws:lambda/eventSourceMapping:EventSourceMapping");
  const streamed = sources.filter(({ eventSourceArn }) => eventSourceArn.includes("/stream/"));
  const queued = sources.filter(({ eventSourceArn }) => !eventSourceArn.includes("/stream/"));
  const nameIn = (arn: string) => arn.split(":")[arn.split(":").indexOf("function") + 1];
  const workQueues = new Set(queued.map(({ eventSourceArn }) => eventSourceArn.split(":").at(-1)));
  const deadLetters = names.QueueName.filter((name) => !workQueues.has(name));

  it("has an alarm on the depth of every dead-letter queue", () => {
    expect(deadLetters.length).toBeGreaterThan(0);
    for (const QueueName of deadLetters) {
      const metric = { metricName: "ApproximateNumberOfMessagesVisible", QueueName };
      expect(metrics).toContainEqual(metric);
      const alarm = alarms.find(
        ({ metricName, dimensions }) =>
          metricName === metric.metricName && dimensions?.QueueName === QueueName,
      );
      expect(alarm?.threshold, QueueName).toBe(0);
    }
  });

  // SQS publishes no metrics of a queue that has been inactive for six hours, even if it has messages.
  it("keeps a dead-letter queue's alarm until SQS reports that the queue is empty", () => {
    const depths = alarms.filter(
      ({ metricName }) => metricName === "ApproximateNumberOfMessagesVisible",
    );

    expect(depths).toHaveLength(deadLetters.length);
    for (const { name, treatMissingData } of depths) expect(treatMissingData, name).toBe("ignore");
  });

  it("has an alarm on the age of the oldest message in every queue", () => {
    for (const QueueName of names.QueueName) {
      expect(metrics).toContainEqual({ metricName: "ApproximateAgeOfOldestMessage", QueueName });
    }
  });

  it.each(["Errors", "Throttles"])("has an alarm on the %s of every function", (metricName) => {
    for (const FunctionName of names.FunctionName) {
      expect(metrics).toContainEqual({ metricName, FunctionName });
    }
  });

  // The metrics of a table do not include those of its indexes:
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
  it.each(["ReadThrottleEvents", "WriteThrottleEvents"])(
    "has an alarm on and draws the %s of the table and of every index",
    (metricName) => {
      const [TableName] = names.TableName;
      const indexes = tables.flatMap(({ globalSecondaryIndexes }) => globalSecondaryIndexes);

      expect(indexes.length).toBeGreaterThan(0);
      for (const index of [{}, ...indexes.map(indexDimension)]) {
        expect(metrics).toContainEqual({ metricName, TableName, ...index });
        expect(drawn).toContainEqual({ metricName, TableName, ...index });
      }
    },
  );

  it("has an alarm on the iterator age of every stream consumer", () => {
    expect(streamed.length).toBeGreaterThan(0);
    for (const { functionName } of streamed) {
      const FunctionName = functionName.includes(":") ? nameIn(functionName) : functionName;
      expect(metrics).toContainEqual({ metricName: "IteratorAge", FunctionName });
    }
  });

  it.each(["4xx", "5xx", "Count", "Latency"])("has an alarm on the API's %s", (metricName) => {
    for (const ApiId of names.ApiId) expect(metrics).toContainEqual({ metricName, ApiId });
  });

  it("sends every alarm and the budget's warnings to a topic, and describes each alarm", () => {
    const topics = all("aws:sns/topic:Topic").map(({ arn }) => arn);
    for (const { name, alarmActions, alarmDescription } of alarms) {
      expect(alarmActions, name).toHaveLength(1);
      expect(topics, name).toEqual(expect.arrayContaining(alarmActions));
      expect(alarmDescription, name).toMatch(/\.$/);
    }
    const [budget] = all("aws:budgets/budget:Budget");

    expect(budget?.notifications).toHaveLength(2);
    for (const { subscriberSnsTopicArns } of budget?.notifications ?? []) {
      expect(topics).toEqual(expect.arrayContaining(subscriberSnsTopicArns));
    }
  });

  it("draws and watches only resources that exist", () => {
    expect(drawn.length).toBeGreaterThan(20);
    for (const dimensions of [...drawn, ...metrics]) {
      for (const [key, known] of Object.entries(names)) {
        if (key in dimensions) expect(known).toContain(dimensions[key as keyof typeof dimensions]);
      }
    }
    expect(widgets.flatMap(({ properties }) => properties.alarms).sort()).toEqual(
      alarms.map(({ arn }) => arn).sort(),
    );
    const queues = drawn.flatMap(({ QueueName }) => QueueName ?? []);
    expect(new Set(queues)).toEqual(new Set(names.QueueName));
  });
});

describe.each(["offline", "production"])("the graph of %s", (stage) => {
  it("has one sampling rule, for at most 5 % of requests beyond a reservoir", () => {
    const [rule, ...others] = graphOf(stage).all("aws:xray/samplingRule:SamplingRule");

    expect(others).toEqual([]);
    expect(rule?.reservoirSize).toBeGreaterThan(0);
    expect(rule?.fixedRate).toBeLessThanOrEqual(0.05);
  });
});

describe("the graph of a stage without alarms", () => {
  it("has no alarms", () => {
    expect(graphOf("offline").all("aws:cloudwatch/metricAlarm:MetricAlarm")).toEqual([]);
  });
});
