import type { Grants, Resource } from "@petstore/offline/graph/graph";
import { createAuthorizer, type Decision } from "@petstore/offline/services/iam/authorize";
import { readRoles } from "@petstore/offline/services/iam/resources";
import { readFunctions } from "@petstore/offline/services/lambda/resources";
import { describe, expect, it } from "vitest";
import { sampleGraph } from "../../support/sample-graph.ts";

const table = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-offline-Items";
const keys = (...values: string[]) => ({
  Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": values } },
});

/** Creates the IAM of an app whose function `GetItem` has the given role. */
function authorizerOf(role: Resource["state"], { grants = {}, others = [] as Resource[] } = {}) {
  const name = "shop-offline-GetItemRole";
  const arn = `arn:aws:iam::123456789012:role/${name}`;
  const resource = { type: "aws:iam/role:Role", name: "GetItemRole", id: name };
  const graph = sampleGraph({ ...resource, state: { name, arn, ...role } }, ...others);
  const decisions: Decision[] = [];
  const lines: string[] = [];
  const authorizer = createAuthorizer({
    roles: readRoles(graph),
    principals: readFunctions(graph).map((fn) => ({ ...fn, sessionName: fn.functionName })),
    grants,
    record: (decision) => decisions.push(decision),
    log: (line) => lines.push(line),
  });
  const isAllowed = async (action: string, resource = table, context = {}) => {
    const permission = { action, resources: [resource] as [string], context };
    return (await authorizer.check("GetItem", [permission])) === undefined;
  };
  return { ...authorizer, isAllowed, decisions, lines };
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

describe("createAuthorizer", () => {
  it("allows the actions of the role on its resources only", async () => {
    const { isAllowed } = authorizerOf(inline(allow(["dynamodb:GetItem"])));
    expect(await isAllowed("dynamodb:GetItem")).toBe(true);
    expect(await isAllowed("dynamodb:PutItem")).toBe(false);
    expect(await isAllowed("dynamodb:GetItem", `${table}2`)).toBe(false);
    expect(await isAllowed("dynamodb:GetItem", `${table}/index/a`)).toBe(false);
  });

  it("evaluates leading keys in each decision", async () => {
    const { isAllowed } = authorizerOf(inline(allow(["dynamodb:GetItem"], keys("pet#*"))));
    const isAllowedFor = (...leading: string[]) =>
      isAllowed("dynamodb:GetItem", table, { "dynamodb:LeadingKeys": leading });
    expect(await isAllowedFor("pet#1")).toBe(true);
    expect(await isAllowedFor("import#1")).toBe(false);
    expect(await isAllowedFor("pet#1", "import#1")).toBe(false);
    expect(await isAllowedFor("pet#1")).toBe(true);
  });

  it("prefers a deny, and reports it as explicit", async () => {
    const deny = { Effect: "Deny", Action: "dynamodb:Put*", Resource: "*" };
    const { check, isAllowed } = authorizerOf(inline(allow(["dynamodb:*"]), deny));
    expect(await isAllowed("dynamodb:GetItem")).toBe(true);
    const permission = { action: "dynamodb:PutItem", resources: [table] as [string] };
    expect(await check("GetItem", [permission])).toEqual({
      principal:
        "arn:aws:sts::123456789012:assumed-role/shop-offline-GetItemRole/shop-offline-GetItem",
      action: "dynamodb:PutItem",
      resource: table,
      isExplicit: true,
    });
  });

  it("allows a call when one of its alternative resources is allowed", async () => {
    const { check, decisions } = authorizerOf(inline(allow(["dynamodb:GetItem"])));
    const permission = {
      action: "dynamodb:GetItem",
      resources: [`${table}2`, table] as [string, string],
    };
    expect(await check("GetItem", [permission])).toBeUndefined();
    expect(decisions).toMatchObject([{ function: "GetItem", resource: table, allowed: true }]);
  });

  it("names the capabilities that would allow a denied call, once", async () => {
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
    const { isAllowed, lines, decisions } = authorizerOf({}, { grants });
    await isAllowed("dynamodb:GetItem", table, { "dynamodb:LeadingKeys": ["import#1"] });
    await isAllowed("dynamodb:GetItem", table, { "dynamodb:LeadingKeys": ["pet#1"] });
    await isAllowed("dynamodb:PutItem");
    await isAllowed("dynamodb:PutItem");
    await isAllowed("dynamodb:GetItem", `${table}3`);
    expect(lines).toEqual([
      `GetItem may not dynamodb:GetItem on ${table}: link it to ReadAll, or remove the call`,
      `GetItem may not dynamodb:GetItem on ${table}: link it to ReadPets or ReadAll, or remove the call`,
      `GetItem may not dynamodb:PutItem on ${table}: link it to Table, or remove the call`,
      `GetItem may not dynamodb:GetItem on ${table}3: no capability of this app allows it`,
    ]);
    expect(decisions.map(({ allowed }) => allowed)).toEqual(Array(5).fill(false));
  });

  it("evaluates inline and attached policies", async () => {
    const role = "shop-offline-GetItemRole";
    const { policy } = inline(allow(["dynamodb:GetItem"])).inlinePolicies[0] as { policy: string };
    const policyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole";
    const attached = (type: string, state: object) => ({
      type,
      name: type,
      id: type,
      state: { ...state },
    });
    const { isAllowed } = authorizerOf(
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
    expect(await isAllowed("dynamodb:GetItem")).toBe(true);
    expect(await isAllowed("dynamodb:ListStreams", "*")).toBe(true);
    expect(await isAllowed("dynamodb:PutItem")).toBe(false);
  });

  it("evaluates managed policies of the app and of AWS", async () => {
    const own = "arn:aws:iam::123456789012:policy/read";
    const { policy } = inline(allow(["dynamodb:GetItem"])).inlinePolicies[0] as { policy: string };
    const others = [
      { type: "aws:iam/policy:Policy", name: "read", id: own, state: { arn: own, policy } },
    ];
    const aws = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole";
    const { isAllowed } = authorizerOf({ managedPolicyArns: [own, aws] }, { others });
    expect(await isAllowed("dynamodb:GetItem")).toBe(true);
    expect(await isAllowed("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:123456789012:jobs")).toBe(
      true,
    );
    expect(await isAllowed("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:jobs")).toBe(
      false,
    );
  });

  it("reports unknown managed policies and roles that are not in the graph", async () => {
    const policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const unknown = authorizerOf({ managedPolicyArns: [policy] });
    expect(unknown.lines).toEqual([expect.stringContaining(`${policy} only on AWS`)]);

    const foreign = authorizerOf({ arn: "arn:aws:iam::123456789012:role/another" });
    expect(foreign.lines).toEqual([
      expect.stringContaining("GetItem has no permissions offline: its role"),
    ]);
    expect(await foreign.isAllowed("dynamodb:GetItem")).toBe(false);
  });
});
