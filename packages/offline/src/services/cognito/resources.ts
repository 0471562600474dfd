import * as z from "zod";
import { type Graph, readStates } from "../../graph/graph.ts";

/** A Cognito user pool. */
export interface UserPool {
  name: string;
  /** For example `us-east-1_0a1b2c3d4`. */
  id: string;
  /** URL in the graph: `https://cognito-idp.<region>.amazonaws.com/<id>`. */
  issuer: string;
  clientIds: string[];
  /** Full names of the resource servers' scopes: `<identifier>/<scope>`. */
  scopes: string[];
  /** ARN of the pre token generation trigger (version `V2_0`), which customizes users' access tokens. */
  preTokenGenerationArn?: string;
}

const Pool = z.object({
  endpoint: z.string(),
  lambdaConfig: z
    .object({
      preTokenGenerationConfig: z
        .object({ lambdaArn: z.string(), lambdaVersion: z.string() })
        .optional(),
    })
    .default({}),
});
const Client = z.object({ userPoolId: z.string() });
const ResourceServer = z.object({
  userPoolId: z.string(),
  identifier: z.string(),
  scopes: z.array(z.object({ scopeName: z.string() })).default([]),
});

/** Returns the user pools that the app creates, without those of other apps that it refers to. */
export function readUserPools(graph: Graph): UserPool[] {
  const clients = readStates(graph, "aws:cognito/userPoolClient:UserPoolClient", Client);
  const servers = readStates(graph, "aws:cognito/resourceServer:ResourceServer", ResourceServer);
  return readStates(graph, "aws:cognito/userPool:UserPool", Pool)
    .filter(({ id, state }) => state.endpoint.endsWith(`/${id}`))
    .map(({ name, id, state }) => ({
      name,
      id,
      issuer: `https://${state.endpoint}`,
      clientIds: clients
        .filter((client) => client.state.userPoolId === id)
        .map((client) => client.id),
      scopes: servers
        .filter((server) => server.state.userPoolId === id)
        .flatMap(({ state: { identifier, scopes } }) =>
          scopes.map(({ scopeName }) => `${identifier}/${scopeName}`),
        ),
      ...findPreTokenGeneration(state),
    }));
}

/** Returns the trigger of version `V2_0`. Version `V1_0` customizes only ID tokens, which are not issued offline. */
function findPreTokenGeneration({
  lambdaConfig: { preTokenGenerationConfig },
}: z.output<typeof Pool>) {
  return preTokenGenerationConfig?.lambdaVersion === "V2_0"
    ? { preTokenGenerationArn: preTokenGenerationConfig.lambdaArn }
    : {};
}
