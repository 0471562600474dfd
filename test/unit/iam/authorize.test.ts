import type { Grants, Resource } from "@petstore/offline/graph/graph";
import { createAuthorizer } from "@petstore/offline/services/iam/authorize";
import type { Decision } from "@petstore/offline/services/iam/decision-log";
import { readRoles } from "@petstore/offline/services/iam/roles";
import { readFunctions } from "@petstore/offline/services/lambda/functions";
import { expect, it } from "vitest";
import { sampleGraph } from "../graph/sample.ts";

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-offline-Items";
const keys = (...values: string[]) => ({
  Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": values } },
});

/** The IAM of an app whose function `GetItem` has a role like this. */
function accessOf(role: Resource["state"], { grants = {}, others = [] as Resource[] } = {}) {
  const name = "shop-offline-GetItemRole";
  const arn = `arn:aws:iam::123456789012:role/${name}`;
  const resource = { type: "aws:iam/role:Role", name: "GetItemRole", id: name };
  const graph = sampleGraph({ ...resource, state: { name, arn, ...role } }, ...others);
  const decisions: Decision[] = [];
  const lines: string[] = [];
  const access = createAuthorizer({
    roles: readRoles(graph),
    principals: readFunctions(graph).map((fn) => ({ ...fn, sessionName: fn.functionName })),
    grants,
    record: (decision) => decisions.push(decision),
    log: (line) => lines.push(line),
  });
  const may = async (action: string, resource = table, context = {}) => {
    const need = { action, resources: [resource] as [string], context };
    return (await access.check("GetItem", [need])) === undefined;
  };
  return { ...access, may, decisions, lines };
}

const inline = (...statements: object[]) => ({
  inlinePolicies: [{ policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) }],
});
const allow = (Action: string[], more = {}) => ({
  Effect: "Allow",
  Action,
  Resource: [table],
  ...more,
});

it("a function may do what its role says, on what it says", async () => {
  const { may } = accessOf(inline(allow(["dynamodb:GetItem"])));
  expect(await may("dynamodb:GetItem")).toBe(true);
  expect(await may("dynamodb:PutItem")).toBe(false);
  expect(await may("dynamodb:GetItem", `${table}2`)).toBe(false);
  expect(await may("dynamodb:GetItem", `${table}/index/a`)).toBe(false);
});

it("the keys of items count, in every decision anew", async () => {
  const { may } = accessOf(inline(allow(["dynamodb:GetItem"], keys("pet#*"))));
  const with_ = (...leading: string[]) =>
    may("dynamodb:GetItem", table, { "dynamodb:LeadingKeys": leading });
  expect(await with_("pet#1")).toBe(true);
  expect(await with_("import#1")).toBe(false);
  expect(await with_("pet#1", "import#1")).toBe(false);
  expect(await with_("pet#1")).toBe(true);
});

it("a deny wins, and the refusal says so", async () => {
  const deny = { Effect: "Deny", Action: "dynamodb:Put*", Resource: "*" };
  const { check, may } = accessOf(inline(allow(["dynamodb:*"]), deny));
  expect(await may("dynamodb:GetItem")).toBe(true);
  const need = { action: "dynamodb:PutItem", resources: [table] as [string] };
  expect(await check("GetItem", [need])).toEqual({
    principal:
      "arn:aws:sts::123456789012:assumed-role/shop-offline-GetItemRole/shop-offline-GetItem",
    action: "dynamodb:PutItem",
    resource: table,
    isExplicit: true,
  });
});

it("one of several resources will do", async () => {
  const { check, decisions } = accessOf(inline(allow(["dynamodb:GetItem"])));
  const need = { action: "dynamodb:GetItem", resources: [`${table}2`, table] as [string, string] };
  expect(await check("GetItem", [need])).toBeUndefined();
  expect(decisions).toMatchObject([{ function: "GetItem", resource: table, allowed: true }]);
});

it("a refusal names the capabilities that would allow it", async () => {
  const permission = { actions: ["dynamodb:GetItem"], resources: [table] };
  const conditions = [
    { test: "ForAllValues:StringLike", variable: "dynamodb:LeadingKeys", values: ["pet#*"] },
  ];
  const grants: Grants = {
    ReadPets: [{ ...permission, conditions }],
    ReadAll: [permission],
    Table: [{ ...permission, actions: ["dynamodb:*"] }],
    Other: [{ ...permission, resources: [`${table}2`] }],
  };
  const { may, lines, decisions } = accessOf({}, { grants });
  await may("dynamodb:GetItem", table, { "dynamodb:LeadingKeys": ["import#1"] });
  await may("dynamodb:GetItem", table, { "dynamodb:LeadingKeys": ["pet#1"] });
  await may("dynamodb:PutItem");
  await may("dynamodb:PutItem");
  await may("dynamodb:GetItem", `${table}3`);
  expect(lines).toEqual([
    `GetItem may not dynamodb:GetItem on ${table}: link it to ReadAll, or do without`,
    `GetItem may not dynamodb:GetItem on ${table}: link it to ReadPets or ReadAll, or do without`,
    `GetItem may not dynamodb:PutItem on ${table}: link it to Table, or do without`,
    `GetItem may not dynamodb:GetItem on ${table}3: no capability of this app allows it`,
  ]);
  expect(decisions.map(({ allowed }) => allowed)).toEqual(Array(5).fill(false));
});

it("policies count whichever way they were attached", async () => {
  const role = "shop-offline-GetItemRole";
  const { policy } = inline(allow(["dynamodb:GetItem"])).inlinePolicies[0] as { policy: string };
  const policyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole";
  const attached = (type: string, state: object) => ({
    type,
    name: type,
    id: type,
    state: { ...state },
  });
  const { may } = accessOf(
    {},
    {
      others: [
        attached("aws:iam/rolePolicy:RolePolicy", { role, policy }),
        attached("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role, policyArn }),
        attached("aws:iam/rolePolicy:RolePolicy", {
          role: "another",
          policy: policy.replace("Get", "Put"),
        }),
      ],
    },
  );
  expect(await may("dynamodb:GetItem")).toBe(true);
  expect(await may("dynamodb:ListStreams", "*")).toBe(true);
  expect(await may("dynamodb:PutItem")).toBe(false);
});

it("managed policies count, the app's own and AWS's", async () => {
  const own = "arn:aws:iam::123456789012:policy/read";
  const { policy } = inline(allow(["dynamodb:GetItem"])).inlinePolicies[0] as { policy: string };
  const others = [
    { type: "aws:iam/policy:Policy", name: "read", id: own, state: { arn: own, policy } },
  ];
  const aws = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole";
  const { may } = accessOf({ managedPolicyArns: [own, aws] }, { others });
  expect(await may("dynamodb:GetItem")).toBe(true);
  expect(await may("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:123456789012:jobs")).toBe(true);
  expect(await may("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:jobs")).toBe(false);
});

it("a policy that nobody knows here, and a role of another app, are told of", async () => {
  const policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const unknown = accessOf({ managedPolicyArns: [policy] });
  expect(unknown.lines).toEqual([expect.stringContaining(`${policy} on AWS only`)]);

  const foreign = accessOf({ arn: "arn:aws:iam::123456789012:role/another" });
  expect(foreign.lines).toEqual([expect.stringContaining("GetItem may do nothing: its role")]);
  expect(await foreign.may("dynamodb:GetItem")).toBe(false);
});
