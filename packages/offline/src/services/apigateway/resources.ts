import * as z from "zod";
import { type Graph, type Resource, readStates } from "../../graph/graph.ts";
import {
  Authorization,
  type JwtAuthorizer,
  type RouteAuthorization,
  readJwtAuthorizers,
  readRouteAuthorization,
} from "./authorization.ts";

/** An API Gateway HTTP API with its default stage. */
export interface HttpApi {
  name: string;
  apiId: string;
  /** URL on AWS. */
  endpoint: string;
  cors?: CorsConfiguration;
  authorizers: JwtAuthorizer[];
  routes: HttpRoute[];
  /** Default route settings of the stage. Absent: the account's limits on AWS, no limits offline. */
  throttle?: { rateLimit: number; burstLimit: number };
  /** The stage's access log format, with `$context.…` variables. */
  accessLogFormat?: string;
}

export interface HttpRoute {
  /** Route key: `GET /api/pets/{id}`, `ANY /path/{proxy+}` or `$default`. */
  key: string;
  functionArn: string;
  payloadFormatVersion: "1.0" | "2.0";
  /** Absent: the route is public. */
  authorization?: RouteAuthorization;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
export interface CorsConfiguration {
  allowOrigins?: string[];
  allowMethods?: string[];
  allowHeaders?: string[];
  exposeHeaders?: string[];
  /** Seconds. */
  maxAge?: number;
  allowCredentials?: boolean;
}

const Api = z.object({
  name: z.string(),
  protocolType: z.string(),
  apiEndpoint: z.string().default(""),
  corsConfiguration: z
    .object({
      allowOrigins: z.array(z.string()).exactOptional(),
      allowMethods: z.array(z.string()).exactOptional(),
      allowHeaders: z.array(z.string()).exactOptional(),
      exposeHeaders: z.array(z.string()).exactOptional(),
      maxAge: z.number().exactOptional(),
      allowCredentials: z.boolean().exactOptional(),
    })
    .optional(),
});

const Stage = z.object({
  apiId: z.string(),
  name: z.string(),
  accessLogSettings: z.object({ format: z.string() }).optional(),
  defaultRouteSettings: z
    .object({
      throttlingRateLimit: z.number().optional(),
      throttlingBurstLimit: z.number().optional(),
    })
    .default({}),
});

const Route = Authorization.extend({
  apiId: z.string(),
  routeKey: z.string(),
  target: z.string(),
});

const Integration = z.object({
  /** ARN or URL of the target. Absent if the integration calls an AWS service directly. */
  integrationUri: z.string().default(""),
  payloadFormatVersion: z.enum(["1.0", "2.0"]).default("1.0"),
});

/** Returns the HTTP APIs, with the routes that functions serve, ordered by route key. */
export function readHttpApis(graph: Graph): HttpApi[] {
  return graph.resources.filter(isHttpApi).map((resource) => {
    const api = Api.parse(resource.state);
    const stage = readStates(graph, "aws:apigatewayv2/stage:Stage", Stage).find(
      ({ state }) => state.apiId === resource.id && state.name === "$default",
    )?.state;
    const { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit } =
      stage?.defaultRouteSettings ?? {};
    const cors = api.corsConfiguration;
    const authorizers = readJwtAuthorizers(graph, resource.id);
    return {
      name: api.name,
      apiId: resource.id,
      endpoint: api.apiEndpoint,
      ...(cors && Object.keys(cors).length > 0 && { cors }),
      authorizers,
      routes: readRoutes(graph, resource.id, authorizers),
      ...(rateLimit !== undefined &&
        burstLimit !== undefined && { throttle: { rateLimit, burstLimit } }),
      ...(stage?.accessLogSettings && { accessLogFormat: stage.accessLogSettings.format }),
    };
  });
}

/** Returns whether a resource is an HTTP API. Other API Gateway v2 APIs are WebSocket APIs. */
export function isHttpApi({ type, state }: Resource): boolean {
  return type === "aws:apigatewayv2/api:Api" && state.protocolType === "HTTP";
}

/** Returns the ARN of the function that an integration invokes; undefined if it calls something else. */
export function findIntegratedFunction({ state }: Resource): string | undefined {
  // The URI is the function's ARN, with or without a version, or an invocation ARN that contains it.
  return /arn:aws[\w-]*:lambda:[^:/]*:\d*:function:[^:/]+/.exec(
    Integration.parse(state).integrationUri,
  )?.[0];
}

function readRoutes(graph: Graph, apiId: string, authorizers: JwtAuthorizer[]): HttpRoute[] {
  const integrations = new Map(
    graph.resources
      .filter(({ type }) => type === "aws:apigatewayv2/integration:Integration")
      .map((integration) => [`integrations/${integration.id}`, integration]),
  );
  return readStates(graph, "aws:apigatewayv2/route:Route", Route)
    .filter(({ state }) => state.apiId === apiId)
    .flatMap(({ state }) => {
      const integration = integrations.get(state.target);
      const functionArn = integration && findIntegratedFunction(integration);
      if (!functionArn) return [];
      const { payloadFormatVersion } = Integration.parse(integration.state);
      const authorized = readRouteAuthorization(state, authorizers);
      return [
        {
          key: state.routeKey,
          functionArn,
          payloadFormatVersion,
          ...(authorized && { authorization: authorized }),
        },
      ];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
