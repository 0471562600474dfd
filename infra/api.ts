import {
  type OperationName,
  routeKeysOf,
  routes,
  type Scope,
} from "@petstore/core/contract/routes";
import { auth, authorization } from "./auth";
import { lambda } from "./function";
import { sendChunks } from "./queues";
import { stage } from "./stage";
import {
  queryImports,
  queryPets,
  readImports,
  readInventory,
  readPets,
  writeImports,
  writePets,
} from "./table";

interface Handler {
  file: string;
  may: sst.Linkable<object>[];
  /** Files beside its code, by name. */
  files?: Record<string, string>;
}

/** The documentation's user interface, served from here: the page needs nothing from elsewhere. */
const docsFiles = {
  "swagger-ui.css": "node_modules/swagger-ui-dist/swagger-ui.css",
  "swagger-ui-bundle.js": "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
};

/** Every operation: the file that handles it, and what that may do. One left out does not compile. */
const operations: Record<OperationName, Handler> = {
  getHealth: { file: "health/get", may: [] },
  listPets: { file: "pets/list", may: [queryPets, auth] },
  createPet: { file: "pets/create", may: [writePets] },
  getPet: { file: "pets/get", may: [readPets] },
  replacePet: { file: "pets/replace", may: [readPets, writePets] },
  patchPet: { file: "pets/patch", may: [readPets, writePets] },
  deletePet: { file: "pets/delete", may: [readPets, writePets] },
  createImport: { file: "imports/create", may: [queryImports, writeImports, sendChunks] },
  getImport: { file: "imports/get", may: [readImports, queryImports] },
  getInventory: { file: "inventory/get", may: [readInventory] },
  getOpenApi: { file: "docs/openapi", may: [] },
  getDocs: { file: "docs/page", may: [] },
  getDocsFile: { file: "docs/file", may: [], files: docsFiles },
};

/**
 * A line of the access log, which is kept as long as the logs: no IP address, no user agent, nothing
 * else of the caller. The last three fields explain a response that is the gateway's own.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const accessLogFormat = JSON.stringify({
  requestTime: "$context.requestTime",
  requestId: "$context.requestId",
  httpMethod: "$context.httpMethod",
  path: "$context.path",
  routeKey: "$context.routeKey",
  status: "$context.status",
  responseLatency: "$context.responseLatency",
  responseLength: "$context.responseLength",
  integrationRequestId: "$context.integration.requestId",
  integrationStatus: "$context.integration.status",
  integrationLatency: "$context.integration.latency",
  integrationServiceStatus: "$context.integration.integrationStatus",
  error: "$context.error.message",
  authorizerError: "$context.authorizer.error",
  integrationError: "$context.integrationErrorMessage",
});

export const api = new sst.aws.ApiGatewayV2("Api", {
  cors: {
    allowOrigins: stage.allowOrigins,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: [
      "authorization",
      "content-type",
      "idempotency-key",
      "if-match",
      "if-none-match",
      "x-correlation-id",
    ],
    exposeHeaders: [
      "etag",
      "link",
      "location",
      "idempotency-replayed",
      "retry-after",
      "x-correlation-id",
    ],
    maxAge: "1 day",
  },
  accessLog: { retention: stage.logRetention },
  transform: {
    stage: (args) => {
      args.accessLogSettings = $output(args.accessLogSettings).apply((settings) => ({
        destinationArn: settings?.destinationArn as string,
        format: accessLogFormat,
      }));
      args.defaultRouteSettings = {
        throttlingRateLimit: stage.throttle.rate,
        throttlingBurstLimit: stage.throttle.burst,
      };
    },
  },
});

const requires = authorization(api);

/** Provisioned concurrency belongs to a version of a function, so there have to be versions. */
const provisioned = stage.provisioned
  ? { versioning: true, concurrency: { provisioned: stage.provisioned } }
  : {};

/** The functions behind the API, by operation. */
export const apiFunctions = Object.entries(operations).map(
  ([operation, { file, may, files = {} }]) => {
    const { route, scope }: { route: string; scope?: Scope } = routes[operation as OperationName];
    const name = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
    const fn = lambda(name, {
      handler: `packages/functions/src/${file}.handler`,
      link: scope ? [...may, auth] : may,
      copyFiles: Object.entries(files).map(([to, from]) => ({ from, to })),
      ...provisioned,
    });
    for (const routeKey of routeKeysOf(route)) {
      api.route(routeKey, fn.targetArn, scope && requires(scope));
    }
    return { name, fn };
  },
);
