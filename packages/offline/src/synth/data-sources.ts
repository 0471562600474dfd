import { accountId } from "./outputs.ts";

interface Statement {
  sid?: string;
  effect?: string;
  actions?: string[];
  resources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

type Inputs = { statements?: Statement[] };
type Result = Record<string, unknown>;

const dataSources: Record<string, (inputs: Inputs, region: string) => Result> = {
  "aws:index/getRegion:getRegion": (_, region) => ({ id: region, name: region, region }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: accountId,
    accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
  }),
  // SST adds the inline policy to a role only if the result has `statements`.
  "aws:iam/getPolicyDocument:getPolicyDocument": ({ statements = [] }) => ({
    id: "policy",
    json: JSON.stringify(policyDocument(statements)),
    ...(statements.length > 0 && { statements }),
  }),
};

/**
 * Returns the result of a Pulumi function (a "data source"), which reads from AWS.
 *
 * @param token for example `aws:index/getRegion:getRegion`
 * @throws {Error} The data source is not supported offline.
 */
export function invokeDataSource(token: string, inputs: Inputs, region: string): Result {
  const dataSource = dataSources[token];
  if (!dataSource) {
    const message = `the data source ${token} is not supported offline: add it to data-sources.ts`;
    // Pulumi passes on only the `details` of a gRPC error.
    throw Object.assign(new Error(message), { details: message });
  }
  return dataSource(inputs, region);
}

function policyDocument(statements: Statement[]) {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect, actions, resources, principals, conditions }) => ({
      ...(sid && { Sid: sid }),
      Effect: effect ?? "Allow",
      ...(principals?.length && {
        Principal: Object.fromEntries(principals.map((p) => [p.type, p.identifiers])),
      }),
      ...(actions && { Action: actions }),
      ...(resources && { Resource: resources }),
      ...(conditions?.length && { Condition: conditionBlock(conditions) }),
    })),
  };
}

function conditionBlock(conditions: NonNullable<Statement["conditions"]>) {
  const block: Record<string, Record<string, string[]>> = {};
  for (const { test, variable, values } of conditions) {
    block[test] = { ...block[test], [variable]: values };
  }
  return block;
}
