import { once as event } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { readBody } from "../../util/body.ts";
import { logOnce } from "../../util/lines.ts";
import { checkOrigin } from "../../util/origin-check.ts";
import type { Authorize } from "../authorization.ts";
import type { AwsCall } from "../history/records.ts";
import type { ServiceApi } from "./api.ts";
import { type Credentials, createCredentials, parseAuthorization } from "./credentials.ts";
import {
  type AwsError,
  forbidden,
  internalError,
  invalidToken,
  missingToken,
  sendError,
} from "./errors.ts";
import { connect, type HttpResponse } from "./forward.ts";

export interface EndpointOptions {
  /** The principals that may call; each gets separate credentials. */
  callers: string[];
  authorize: Authorize;
  /** Where the app's resources are. */
  home: { region: string; accountId: string };
  /** Called after each response of a service. */
  onCall?: (call: AwsCall) => void;
  log: (line: string) => void;
}

export interface Endpoint {
  /** For `AWS_ENDPOINT_URL`. */
  url: string;
  /** Adds a service; calls of services that were not added get a 501. */
  add(api: ServiceApi): void;
  credentials(caller: string): Credentials;
  close(): Promise<void>;
}

/**
 * Starts the endpoint of all AWS services. The access key of a request identifies the caller, its
 * credential scope the service. The endpoint does not check signatures, but permissions.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { callers, authorize, home, onCall, log } = options;
  const issued = new Map(callers.map((name) => [name, createCredentials()]));
  const callerNames = new Map([...issued].map(([name, key]) => [key.accessKeyId, name]));
  const apis = new Map<string, RegisteredApi>();
  const logMessageOnce = logOnce(log);

  /** Returns the caller and the service of a request. */
  function identify(headers: IncomingHttpHeaders): Call | AwsError {
    const refusal = checkOrigin(headers);
    if (refusal) return forbidden(refusal);
    const scope = parseAuthorization(headers.authorization);
    if (!scope) return missingToken(headers);
    const functionName = callerNames.get(scope.accessKeyId);
    if (functionName === undefined) return invalidToken(headers);
    const registered = apis.get(scope.service);
    if (registered) return { functionName, registered };
    const message = `${functionName} calls ${scope.service}, which is not supported offline`;
    logMessageOnce(message);
    return { status: 501, code: "NotImplemented", message };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const body = await readBody(request);
    const call = identify(request.headers);
    if ("code" in call) return sendError(response, request.headers, call);

    const { functionName, registered } = call;
    const { service } = registered;
    const path = request.url ?? "";
    const operation = service.operation(request.headers, path, body);
    const arn = (resource: string) =>
      `arn:aws:${service.name}:${home.region}:${home.accountId}:${resource}`;
    const denial = await authorize(
      functionName,
      service.requiredPermissions({ operation, body, path, arn }),
    );
    if (denial) return sendError(response, request.headers, service.accessDenied(denial));

    const result = await registered.respond(request, body, functionName).catch((error: Error) => {
      log(`${service.name} does not respond to ${functionName}: ${error.message}`);
      return internalError(service.internalError);
    });
    if ("code" in result) sendError(response, request.headers, result);
    else send(response, result);

    onCall?.({
      functionName,
      service: service.name,
      operation,
      resource: service.resource(body.toString("latin1"), path),
      status: response.statusCode,
      ms: performance.now() - started,
      traceHeader: request.headers["x-amzn-trace-id"] as string | undefined,
    });
  }

  // A request that was interrupted gets no response.
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  // SDKs keep connections open; closing an idle one could interrupt their next request.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await event(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (api) => void apis.set(api.name, register(api)),
    credentials(functionName) {
      const credentials = issued.get(functionName);
      if (!credentials) throw new Error(`${functionName} is not a caller of this endpoint`);
      return credentials;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      for (const registered of apis.values()) registered.close();
      await event(server, "close");
    },
  };
}

interface Call {
  functionName: string;
  registered: RegisteredApi;
}

/** A service and what responds to its requests. */
interface RegisteredApi {
  service: ServiceApi;
  respond(request: IncomingMessage, body: Buffer, caller: string): Promise<HttpResponse | AwsError>;
  close(): void;
}

function register(service: ServiceApi): RegisteredApi {
  if ("respond" in service) return { service, respond: service.respond, close: () => {} };
  const { forward, close } = connect(service.endpoint);
  return {
    service,
    respond: (request, body) => service.respondInstead?.(request, body) ?? forward(request, body),
    close,
  };
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.sendDate = false;
  response.writeHead(status, headers).end(body);
}
