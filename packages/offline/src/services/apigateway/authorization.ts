import * as z from "zod";
import { type Graph, type Resource, readStates } from "../../graph/graph.ts";

/** How a route authorizes requests. */
export type RouteAuthorization =
  /** By a token of the authorizer, with at least one of the scopes unless there are none. */
  | { type: "JWT"; authorizerId: string; scopes: string[] }
  /** Rejects all requests, because the authorization type is not supported offline: `AWS_IAM`, or `CUSTOM` (a function). */
  | { type: "closed"; by: string };

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export interface JwtAuthorizer {
  id: string;
  /** Location of the token: `$request.header.Authorization` or `$request.querystring.token`. */
  identitySource: string;
  /** URL of the identity provider, as in the `iss` claim of its tokens. */
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

/** The authorization part of an `aws:apigatewayv2/route:Route`. */
export const Authorization = z.object({
  authorizationType: z.string().default("NONE"),
  authorizerId: z.string().optional(),
  authorizationScopes: z.array(z.string()).default([]),
});

/** Returns the JWT authorizers of an API. */
export function readJwtAuthorizers(graph: Graph, apiId: string): JwtAuthorizer[] {
  return readStates(graph, "aws:apigatewayv2/authorizer:Authorizer", Authorizer)
    .filter(({ state }) => state.apiId === apiId)
    .flatMap(({ id, state: { identitySources, jwtConfiguration } }) =>
      jwtConfiguration
        ? [{ id, identitySource: identitySources[0] ?? "", ...jwtConfiguration }]
        : [],
    );
}

/**
 * Returns the authorization of a route.
 *
 * @returns undefined for a public route; `closed` for an authorization type that is not supported offline
 */
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

/** Returns whether an authorizer verifies tokens. Others invoke a function. */
export function isJwtAuthorizer({ state }: Resource): boolean {
  return state.authorizerType === "JWT";
}

/** Returns whether a route requires requests signed with AWS credentials. */
export function isIamRoute({ state }: Resource): boolean {
  return state.authorizationType === "AWS_IAM";
}
