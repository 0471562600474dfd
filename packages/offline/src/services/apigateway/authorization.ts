import * as z from "zod";
import { type Graph, type Resource, readStates } from "../../graph/graph.ts";

export type RouteAuthorization =
  /** With at least one of the scopes, if there are any. */
  | { type: "JWT"; authorizerId: string; scopes: string[] }
  /** Nobody may call it, for what decides is not hosted: `AWS_IAM`, or `CUSTOM` (a function). */
  | { type: "closed"; by: string };

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export interface JwtAuthorizer {
  id: string;
  /** Where the token is: `$request.header.Authorization` or `$request.querystring.token`. */
  identitySource: string;
  /** URL of the identity provider, as its tokens have it. */
  issuer: string;
  audiences: string[];
}

const Authorizer = z.object({
  apiId: z.string(),
  identitySources: z.array(z.string()).default([]),
  jwtConfiguration: z
    .object({ issuer: z.string().default(""), audiences: z.array(z.string()).default([]) })
    .optional(),
});

/** Of an `aws:apigatewayv2/route:Route`, what says who may call it. */
export const Authorization = z.object({
  authorizationType: z.string().default("NONE"),
  authorizerId: z.string().optional(),
  authorizationScopes: z.array(z.string()).default([]),
});

/** The JWT authorizers of an API. */
export function readJwtAuthorizers(graph: Graph, apiId: string): JwtAuthorizer[] {
  return readStates(graph, "aws:apigatewayv2/authorizer:Authorizer", Authorizer)
    .filter(({ state }) => state.apiId === apiId)
    .flatMap(({ id, state: { identitySources, jwtConfiguration } }) =>
      jwtConfiguration
        ? [{ id, identitySource: identitySources[0] ?? "", ...jwtConfiguration }]
        : [],
    );
}

/** Who may call a route; undefined is everybody. What cannot be decided here, nobody may call. */
export function readRouteAuthorization(
  route: z.infer<typeof Authorization>,
  authorizers: JwtAuthorizer[],
): RouteAuthorization | undefined {
  const { authorizationType: type, authorizerId, authorizationScopes: scopes } = route;
  if (type === "NONE") return undefined;
  const authorizer = authorizers.find(({ id }) => type === "JWT" && id === authorizerId);
  return authorizer
    ? { type: "JWT", authorizerId: authorizer.id, scopes }
    : { type: "closed", by: type };
}

/** Whether an authorizer reads tokens; the others ask a function. */
export function isJwtAuthorizer({ state }: Resource): boolean {
  return state.authorizerType === "JWT";
}

/** Whether a route takes calls that are signed with AWS credentials. */
export function isIamRoute({ state }: Resource): boolean {
  return state.authorizationType === "AWS_IAM";
}
