import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph, Resource } from "@petstore/offline/graph/graph";
import { hashInputs } from "@petstore/offline/graph/inputs";
import { graphPath } from "@petstore/offline/graph/load";
import { projectRoot, temporaryFolder } from "./offline.ts";

/** A small app for a test. */
export interface AppParts {
  /** By name: the source, or the source and settings that differ from Lambda's defaults. */
  functions?: Record<string, string | FunctionParts>;
  /** One HTTP API each: by route key the name of a function, or the name and the authorization. */
  apis?: Record<string, string | RouteParts>[];
  /** A user pool with these scopes; routes accept the tokens of its issuer. */
  userPool?: {
    scopes: string[];
    /** The function that is its pre token generation trigger, and the version of its event. */
    preTokenGeneration?: { functionName: string; version: string };
  };
  /** Names of tables whose key is `id`. */
  tables?: string[];
  /** Other resources, by Pulumi type. */
  others?: { type: string; name: string }[];
}

export interface RouteParts {
  functionName: string;
  /** The route requires a token, with one of these scopes if there are any. */
  scopes?: string[];
  /** An `authorizationType` other than `JWT`. */
  authorization?: string;
}

export interface FunctionParts {
  source: string;
  /** Seconds. */
  timeout?: number;
  /** MB. */
  memorySize?: number;
  reservedConcurrentExecutions?: number;
  environment?: { variables: Record<string, string> };
}

/** Writes a project with sources and a graph, in which the command line can run. */
export async function temporaryApp(parts: AppParts) {
  const folder = await temporaryFolder();
  const write = async (file: string, content: string) => {
    await mkdir(join(folder.path, file, ".."), { recursive: true });
    await writeFile(join(folder.path, file), content);
  };
  await symlink(join(projectRoot, "node_modules"), join(folder.path, "node_modules"));
  for (const [name, fn] of Object.entries(parts.functions ?? {})) {
    await write(`src/${name}.ts`, typeof fn === "string" ? fn : fn.source);
  }
  await write(graphPath("offline"), JSON.stringify(graphOf(parts, folder.path)));
  return { ...folder, state: join(folder.path, "state"), write };
}

const roleArn = "arn:aws:iam::123456789012:role/any";
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

/** The pool's URL on AWS. */
export const poolIssuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool";
const client = "client";
const resourceServer = "shop";

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

function graphOf(
  { functions = {}, apis = [], userPool, tables = [], others = [] }: AppParts,
  root: string,
): Graph {
  return {
    app: "made-for-test",
    stage: "offline",
    region: "us-east-1",
    inputs: { hash: hashInputs([], root), files: [] },
    links: {},
    grants: {},
    builds: Object.keys(functions).map((name) => ({
      functionID: name,
      handler: `src/${name}.handler`,
      runtime: "nodejs24.x",
      links: {},
    })),
    resources: [
      // These apps do not test permissions, so their functions may do everything.
      resource("aws:iam/role:Role", "any", {
        name: "any",
        arn: roleArn,
        inlinePolicies: [{ policy: everything }],
      }),
      ...Object.entries(functions).map(([name, fn]) => {
        const { source: _, ...settings } = typeof fn === "string" ? { source: fn } : fn;
        return resource("aws:lambda/function:Function", `${name}Function`, {
          name,
          arn: arnOf(name),
          role: roleArn,
          ...settings,
        });
      }),
      ...apis.flatMap((routes, index) => httpApi(`Api${index}`, routes)),
      ...(userPool ? poolOf(userPool) : []),
      ...tables.map((name) =>
        resource("aws:dynamodb/table:Table", name, {
          name,
          arn: `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`,
          attributes: [{ name: "id", type: "S" }],
          hashKey: "id",
        }),
      ),
      ...others.map(({ type, name }) => resource(type, name, {})),
    ],
  };
}

function httpApi(api: string, routes: NonNullable<AppParts["apis"]>[number]): Resource[] {
  return [
    resource("aws:apigatewayv2/api:Api", api, { name: api, protocolType: "HTTP" }),
    resource("aws:apigatewayv2/authorizer:Authorizer", `${api}Authorizer`, {
      apiId: api,
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: poolIssuer, audiences: [client] },
    }),
    ...Object.entries(routes).flatMap(([routeKey, route]) => {
      const parts = typeof route === "string" ? { functionName: route } : route;
      const { functionName, scopes, authorization = scopes && "JWT" } = parts;
      const integration = `${api} ${routeKey}`;
      return [
        resource("aws:apigatewayv2/integration:Integration", integration, {
          integrationUri: arnOf(functionName),
          payloadFormatVersion: "2.0",
        }),
        resource("aws:apigatewayv2/route:Route", `${integration} route`, {
          apiId: api,
          routeKey,
          target: `integrations/${integration}`,
          ...(authorization && { authorizationType: authorization }),
          ...(scopes && { authorizerId: `${api}Authorizer`, authorizationScopes: scopes }),
        }),
      ];
    }),
  ];
}

function poolOf({ scopes, preTokenGeneration }: NonNullable<AppParts["userPool"]>): Resource[] {
  const userPoolId = poolIssuer.split("/").at(-1) as string;
  return [
    resource("aws:cognito/userPool:UserPool", userPoolId, {
      endpoint: poolIssuer.slice(8),
      ...(preTokenGeneration && {
        lambdaConfig: {
          preTokenGenerationConfig: {
            lambdaArn: arnOf(preTokenGeneration.functionName),
            lambdaVersion: preTokenGeneration.version,
          },
        },
      }),
    }),
    resource("aws:cognito/userPoolClient:UserPoolClient", client, { userPoolId }),
    resource("aws:cognito/resourceServer:ResourceServer", resourceServer, {
      userPoolId,
      identifier: resourceServer,
      scopes: scopes.map((scopeName) => ({ scopeName })),
    }),
  ];
}

const resource = (type: string, name: string, state: Resource["state"]): Resource => ({
  type,
  name,
  id: name,
  state,
});
