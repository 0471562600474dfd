import {
  type OperationName,
  routeKeysOf,
  routes,
  type Scope,
} from "@petstore/core/contract/routes";
import { auth, createAuthorizer } from "./auth";
import { createFunction } from "./function";
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

interface Operation {
  /** The handler's file, below `packages/functions/src` and without its extension. */
  file: string;
  permissions: sst.Linkable<object>[];
  /** Other files of the function's bundle, by name. */
  assets?: Record<string, string>;
}

/** Swagger UI, served by the API so that the docs page loads nothing from other origins. */
const swaggerUi = {
  "swagger-ui.css": "node_modules/swagger-ui-dist/swagger-ui.css",
  "swagger-ui-bundle.js": "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
};

/** All operations. Method, path and scope come from the contract; a missing operation does not compile. */
const operations: Record<OperationName, Operation> = {
  getHealth: { file: "health/get", permissions: [] },
  listPets: { file: "pets/list", permissions: [queryPets, auth] },
  createPet: { file: "pets/create", permissions: [writePets] },
  getPet: { file: "pets/get", permissions: [readPets] },
  replacePet: { file: "pets/replace", permissions: [readPets, writePets] },
  patchPet: { file: "pets/patch", permissions: [readPets, writePets] },
  deletePet: { file: "pets/delete", permissions: [readPets, writePets] },
  createImport: { file: "imports/create", permissions: [queryImports, writeImports, sendChunks] },
  getImport: { file: "imports/get", permissions: [readImports, queryImports] },
  getInventory: { file: "inventory/get", permissions: [readInventory] },
  getOpenApi: { file: "docs/openapi", permissions: [] },
  getDocs: { file: "docs/page", permissions: [] },
  getDocsFile: { file: "docs/file", permissions: [], assets: swaggerUi },
};

/**
 * A line of the access log. It has no personal data (IP address, user agent), because it is stored as
 * long as the logs. The last three fields explain responses that API Gateway itself creates.
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

const requireScope = createAuthorizer(api);

/** The functions behind the API, in the order of the operations. */
export const apiFunctions = Object.entries(operations).map(([name, operation]) =>
  createRoute(name as OperationName, operation),
);

/** Creates an operation's function and its routes. */
function createRoute(operation: OperationName, { file, permissions, assets = {} }: Operation) {
  const { route, scope }: { route: string; scope?: Scope } = routes[operation];
  const name = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  const fn = createFunction(name, {
    handler: `packages/functions/src/${file}.handler`,
    link: scope ? [...permissions, auth] : permissions,
    copyFiles: Object.entries(assets).map(([to, from]) => ({ from, to })),
    // Provisioned concurrency requires a published version.
    ...(stage.provisionedInstances > 0 && {
      versioning: true,
      concurrency: { provisioned: stage.provisionedInstances },
    }),
  });
  for (const routeKey of routeKeysOf(route)) {
    api.route(routeKey, fn.targetArn, scope && requireScope(scope));
  }
  return { name, fn };
}
