import { join } from "node:path";
import { styleText } from "node:util";
import type { RespondedRequest } from "../../runtime/history/records.ts";
import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { openLogFile } from "../../state/log-file.ts";
import { gatherLines } from "../../util/lines.ts";
import { plural } from "../../util/plural.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import type { RequestRecord } from "./request-record.ts";
import type { HttpApi, HttpRoute } from "./resources.ts";

/** Starts the HTTP APIs. They listen once all services have started. */
export async function start(context: ServiceContext<HttpApi[]>): Promise<RunningService> {
  const { resources: apis, accountId, events, ports, state, log } = context;
  const requestCounts = new Map(apis.map(({ apiId }) => [apiId, 0]));
  const functionNames = new Map(context.functions.map(({ arn, name }) => [arn, name]));
  const accessLog = openAccessLog(state.directory, log);
  const gateways: { api: HttpApi; gateway: Gateway }[] = [];

  function report(apiId: string, record: RequestRecord) {
    requestCounts.set(apiId, (requestCounts.get(apiId) ?? 0) + 1);
    events.emit("responded", toRespondedRequest(apiId, record, functionNames));
  }

  const localUrls: Record<string, string> = {};
  const appUrls: string[] = [];
  return {
    localUrls,
    appUrls,
    describe: () =>
      gateways.flatMap(({ api, gateway }) => [
        styleText("bold", gateway.url),
        ...describeRoutes(api, functionNames),
        "",
      ]),
    architecture: () => ({
      nodes: apis.map(({ apiId, name }) => ({
        ...{ id: apiId, kind: "api", name, link: "requests" },
        note: plural(requestCounts.get(apiId) ?? 0, "request"),
      })),
      edges: apis.flatMap(({ apiId, routes }) =>
        routes.map(({ functionArn }) => ({ from: apiId, to: functionArn, kind: "route" as const })),
      ),
    }),
    async run() {
      const closeAll = async () =>
        void (await Promise.all(gateways.map(({ gateway }) => gateway.close())));
      try {
        for (const [index, api] of apis.entries()) {
          const gateway = await startGateway({
            api: withLocalIssuers(api, context.toLocalUrl),
            port: ports[index] as number,
            accountId,
            invoke: context.invokerFor("api"),
            clock: context.clock,
            accessLog: accessLog.write,
            onRequest: (record) => report(api.apiId, record),
          });
          gateways.push({ api, gateway });
          appUrls.push(gateway.url);
          if (api.endpoint) localUrls[api.endpoint] = gateway.url;
        }
        return { close: closeAll };
      } catch (error) {
        await closeAll();
        throw error;
      }
    },
    // The log is closed last, because functions can complete requests after the gateways are closed.
    close: accessLog.close,
  };
}

/** Replaces the token issuers on AWS by the local ones. */
const withLocalIssuers = (api: HttpApi, toLocalUrl: (url: string) => string): HttpApi => ({
  ...api,
  authorizers: api.authorizers.map((authorizer) => ({
    ...authorizer,
    issuer: toLocalUrl(authorizer.issuer),
  })),
});

function toRespondedRequest(
  apiId: string,
  record: RequestRecord,
  functionNames: Map<string, string>,
): RespondedRequest {
  const error = record.integrationErrorMessage ?? record.authorizerError ?? record.errorMessage;
  const functionName = functionNames.get(record.functionArn ?? "");
  return {
    id: record.requestId,
    apiId,
    at: record.timeEpoch,
    method: record.method,
    path: record.path,
    status: record.status,
    ms: record.responseLatency,
    ...(functionName && { functionName }),
    ...(record.integrationRequestId && { invocationId: record.integrationRequestId }),
    ...(record.traceId && { traceId: record.traceId }),
    ...(error && { error }),
  };
}

/** Returns one line for each path and function of an API, with the methods. */
function describeRoutes({ routes }: HttpApi, functionNames: Map<string, string>): string[] {
  const parts = routes.map(({ key, functionArn, authorization }) => {
    const [method = "", path = ""] = key.split(" ");
    const name = functionNames.get(functionArn) ?? "a function of another app";
    return { method, path, rest: `  ${styleText("dim", name)}${describeClosed(authorization)}` };
  });
  const width = Math.max(...parts.map(({ path }) => path.length));
  const byTarget = Map.groupBy(parts, ({ path, rest }) => path.padEnd(width) + rest);
  return [...byTarget]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([target, same]) => {
      const methods = same.map(({ method }) => method).join(", ");
      return `  ${methods.padEnd(10)}${target}`;
    });
}

function describeClosed(authorization: HttpRoute["authorization"]): string {
  if (authorization?.type !== "closed") return "";
  const reason = `authorization by ${authorization.by} is not supported offline`;
  return styleText("yellow", `  closed (403): ${reason}`);
}

function openAccessLog(stateDirectory: string, log: (line: string) => void) {
  const file = openLogFile(join(stateDirectory, "access.log"), { flags: "a", onStop: log });
  const lines = gatherLines(file.write);
  return {
    write: lines.write,
    async close() {
      lines.flush();
      await file.close();
    },
  };
}
