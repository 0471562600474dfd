import { defineService } from "../../runtime/service.ts";
import { readUserPools, type UserPool } from "./resources.ts";

/** Cognito: user pools as issuers of access tokens. */
export const cognito = defineService<UserPool[]>({
  name: "cognito-idp",
  resourceTypes: {
    "aws:cognito/resourceServer:ResourceServer": {
      outputs: ({ input, inputs }) => ({
        id: `${input("userPoolId")}|${input("identifier")}`,
        scopeIdentifiers: ((inputs.scopes ?? []) as { scopeName: string }[]).map(
          ({ scopeName }) => `${input("identifier")}/${scopeName}`,
        ),
      }),
    },
    "aws:cognito/userPool:UserPool": {
      outputs({ arn, region, uid }) {
        const id = `${region}_${uid.slice(0, 9)}`;
        return {
          id,
          arn: arn("cognito-idp", `userpool/${id}`),
          endpoint: `cognito-idp.${region}.amazonaws.com/${id}`,
        };
      },
    },
    "aws:cognito/userPoolClient:UserPoolClient": {
      outputs: ({ inputs, longUid, uid }) => ({
        id: longUid.slice(0, 26),
        clientSecret: inputs.generateSecret ? `secret-${uid}` : "",
      }),
    },
    "aws:cognito/userPoolDomain:UserPoolDomain": {
      outputs: ({ input }) => ({ id: input("domain") }),
    },
  },
  readResources(graph) {
    const pools = readUserPools(graph);
    return pools.length > 0 ? pools : undefined;
  },
  countPorts: () => 1,
  start: async (context) => (await import("./start.ts")).start(context),
});
