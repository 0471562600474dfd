import type { App, LambdaFunction } from "../graph/app.ts";
import type { AwsCall } from "../runtime/endpoint/endpoint.ts";
import type { RequestRecord } from "../services/apigateway/request-record.ts";
import type { Execution } from "../services/lambda/execution.ts";
import type { LogStream } from "../services/lambda/lambda.ts";
import { MAIL } from "./architecture.ts";
import { linksIn } from "./links.ts";
import type { ConsoleRequest, Invocation, InvocationSource, Line, Topic } from "./model.ts";
import { invocationOf, requestOf } from "./records.ts";
import { createRing, type Ring } from "./ring.ts";
import { createStatistics, type Statistics } from "./statistics.ts";

/** How much is kept in memory. */
const REQUESTS = 500;
const INVOCATIONS = 2_000;
const CALLS = 5_000;
const LINES = 5_000;
const COLD_STARTS = 50;

/** Of a line, in characters: 5,000 lines must not be gigabytes. */
const MAX_LINE = 4_000;

/** What calls of a service may change. */
const TOPICS: Record<string, Topic> = { dynamodb: "tables", sqs: "queues", ses: "mail" };

/** Sources whose events are of several traces: there is one for each message or record. */
const BATCHED = new Set<InvocationSource>(["queue", "stream"]);

export interface Call extends AwsCall {
  at: number;
}

/** What the runtime did of late, in memory of a fixed size. */
export interface Activity {
  requests: Ring<ConsoleRequest>;
  invocations: Ring<Invocation>;
  calls: Ring<Call>;
  lines: Ring<Line>;
  statistics: Statistics;
  /** Requests by API id, calls by table name, and mails. */
  counts: Map<string, number>;
  /** Names of the functions that have sent mail. */
  senders: Set<string>;
  /** An invocation begins, and where it comes from. */
  invoked(requestId: string, source: InvocationSource, payload: string): void;
  /** Its caller has the answer. */
  returned(requestId: string): void;
  /** An invocation is over. */
  executed(fn: LambdaFunction, execution: Execution): Invocation;
  /** An API has answered a request, by the function of that name. */
  answered(record: RequestRecord, apiId: string, functionName: string | undefined): ConsoleRequest;
  called(call: AwsCall): void;
  wrote(functionName: string, text: string, stream: LogStream, requestId?: string): void;
  changed(topic: Topic): void;
  /** Hears of all that comes. */
  listener: Listener | undefined;
}

export interface Listener {
  request(request: ConsoleRequest): void;
  changed(topic: Topic): void;
}

export function createActivity({ apis, tables }: Pick<App, "apis" | "tables">): Activity {
  const requests = createRing<ConsoleRequest>(REQUESTS);
  const invocations = createRing<Invocation>(INVOCATIONS);
  const calls = createRing<Call>(CALLS);
  const lines = createRing<Line>(LINES);
  const statistics = createStatistics();
  /** By request id, of invocations that are under way. */
  const begun = new Map<string, { source: InvocationSource; links: string[] }>();
  /** Request ids of the newest cold starts: their requests are answered right after. */
  const cold = createRing<string>(COLD_STARTS);

  const counted = [...apis.map(({ apiId }) => apiId), ...tables.map(({ name }) => name), MAIL];
  const counts = new Map(counted.map((name) => [name, 0]));
  const senders = new Set<string>();
  function count(name: string) {
    const known = counts.get(name);
    if (known !== undefined) counts.set(name, known + 1);
  }

  const activity: Activity = {
    counts,
    senders,
    requests,
    invocations,
    calls,
    lines,
    statistics,
    listener: undefined,
    changed: (topic) => activity.listener?.changed(topic),
    invoked(requestId, source, payload) {
      begun.set(requestId, { source, links: BATCHED.has(source) ? linksIn(payload) : [] });
    },
    returned: (requestId) => void begun.delete(requestId),
    executed({ name }, execution) {
      const { requestId } = execution.invocation;
      const { source, links } = begun.get(requestId) ?? { source: "call", links: [] };
      const invocation = invocationOf(name, source, links, execution);
      if (invocation.init && source === "api") cold.add(requestId);
      invocations.add(invocation);
      statistics.add(invocation);
      activity.changed("functions");
      activity.changed("traces");
      return invocation;
    },
    answered(record, apiId, functionName) {
      count(apiId);
      const isCold = cold.items().includes(record.integrationRequestId ?? "");
      const request = requestOf(record, functionName, isCold);
      requests.add(request);
      activity.listener?.request(request);
      return request;
    },
    called(call) {
      const { service, functionName, resource, ms } = call;
      calls.add({ ...call, at: Date.now() - ms });
      if (service === "dynamodb" && resource) count(resource);
      if (service === "ses") {
        count(MAIL);
        senders.add(functionName);
      }
      const topic = TOPICS[service];
      if (topic) activity.changed(topic);
    },
    wrote(functionName, text, stream, requestId) {
      lines.add({
        at: Date.now(),
        functionName,
        stream,
        text: text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text,
        ...(requestId && { requestId }),
      });
      if (text.startsWith("REPORT ")) statistics.report(functionName, text);
    },
  };
  return activity;
}
