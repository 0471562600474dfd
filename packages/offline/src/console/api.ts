import * as z from "zod";
import type { Queue } from "../graph/app.ts";
import { Cursor, readItems, statusOf } from "../services/dynamodb/items.ts";
import { openQueues } from "../services/sqs/console.ts";
import { architectureOf, MAIL } from "./architecture.ts";
import type { ConsoleOptions } from "./console.ts";
import { HttpError } from "./errors.ts";
import type { FunctionDetail, FunctionStatus, Overview, Redriven } from "./model.ts";
import { plural } from "./plural.ts";
import { dispatch } from "./routes.ts";
import { waterfallOf } from "./waterfall.ts";

/** Of one function, in its details. */
const MAX_INVOCATIONS = 100;
const MAX_LINES = 500;

const MAX_MAILS = 200;

const TraceId = z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/, "not the id of a trace");

const Search = z.strictObject({
  index: z.string().optional(),
  partition: z.string().max(2048).optional(),
  sort: z.string().max(1024).optional(),
  cursor: Cursor.optional(),
});

/** The console's JSON API: what it knows, and the one thing that it does, which is redriving. */
export function createApi(options: ConsoleOptions, runtime: string) {
  const { app, activity, traces, lambda, mailbox } = options;
  const queues = openQueues(options);

  function find<Resource extends { name: string }>(all: Resource[], name = ""): Resource {
    const found = all.find((one) => one.name === name);
    if (!found) throw new HttpError(404, `There is no ${name}.`);
    return found;
  }

  function functionStatus({ name, arn, memoryMb }: (typeof app.functions)[number]): FunctionStatus {
    const { starting = 0, idle = 0, busy = 0 } = lambda.processes(arn) ?? {};
    return { name, arn, memoryMb, starting, warm: idle, busy, ...activity.statistics.of(name) };
  }

  function functionDetail(name: string): FunctionDetail {
    const isOwn = ({ functionName }: { functionName: string }) => functionName === name;
    const invocations = activity.invocations.items().filter(isOwn);
    return {
      invocations: invocations.slice(-MAX_INVOCATIONS).reverse(),
      lines: activity.lines.items().filter(isOwn).slice(-MAX_LINES),
    };
  }

  /** What there is to say of each node of the architecture, by its id. */
  async function counts(): Promise<Record<string, string>> {
    const { counts } = activity;
    const waiting = (await queues.status()).map(({ arn, visible, inFlight, delayed }) => [
      arn,
      `${visible + inFlight + delayed} waiting`,
    ]);
    return Object.fromEntries([
      ...app.apis.map(({ apiId }) => [apiId, plural(counts.get(apiId) ?? 0, "request")]),
      ...app.functions.map(({ arn, name }) => [
        arn,
        plural(activity.statistics.of(name).invocations, "invocation"),
      ]),
      ...app.tables.map(({ arn, name }) => [arn, plural(counts.get(name) ?? 0, "call")]),
      ...waiting,
      [MAIL, `${counts.get(MAIL) ?? 0} sent`],
    ]);
  }

  async function redrive(queue: Queue): Promise<Redriven> {
    const redriven = await queues.redrive(queue);
    activity.changed("queues");
    return redriven;
  }

  const routes: Parameters<typeof dispatch>[0] = {
    "GET /api/overview": (): Overview => ({
      runtime,
      app: app.name,
      stage: app.stage,
      engine: options.engine,
      urls: options.urls,
      ...architectureOf(app, activity.senders),
    }),
    "GET /api/counts": counts,
    "GET /api/traces/:id"({ id = "" }) {
      const waterfall = waterfallOf(TraceId.parse(id), activity, traces);
      if (!waterfall) throw new HttpError(404, "This trace is not in memory any more.");
      return waterfall;
    },
    "GET /api/functions": () => app.functions.map(functionStatus),
    "GET /api/functions/:name": ({ name }) => functionDetail(find(app.functions, name).name),
    "GET /api/queues": queues.status,
    "GET /api/queues/:name/messages": ({ name }) => queues.messages(find(app.queues, name)),
    "POST /api/queues/:name/redrive": ({ name }) => redrive(find(app.queues, name)),
    "GET /api/mail": () => mailbox.list().slice(-MAX_MAILS).reverse(),
    "GET /api/tables": () => app.tables.map(statusOf),
    "GET /api/tables/:name/items"({ name }, query) {
      const table = find(app.tables, name);
      const search = Search.parse(query);
      if (!statusOf(table).keys.some(({ index }) => index === search.index)) {
        throw new HttpError(400, `${table.name} has no index ${search.index}.`);
      }
      return readItems(options.dynamodbEndpoint, table, search);
    },
  };
  return (method: string, url: URL): unknown => dispatch(routes, method, url);
}
