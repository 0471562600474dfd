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
type Answer = Record<string, unknown>;

const dataSources: Record<string, (inputs: Inputs, region: string) => Answer> = {
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
  // SST gives a role its inline policy only if `statements` comes back.
  "aws:iam/getPolicyDocument:getPolicyDocument": ({ statements = [] }) => ({
    id: "policy",
    json: JSON.stringify(policyDocument(statements)),
    ...(statements.length > 0 && { statements }),
  }),
};

/**
 * Answers a Pulumi function (a "data source"), which reads from AWS instead of creating there.
 *
 * @param token for example `aws:index/getRegion:getRegion`.
 * @throws if the recorder has no answer; the message names the data source.
 */
export function invoke(token: string, inputs: Inputs, region: string): Answer {
  const dataSource = dataSources[token];
  if (!dataSource) {
    const message = `the data source ${token} has no offline answer: add it to data-sources.ts`;
    // Of an error Pulumi passes on just what gRPC calls its details.
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
