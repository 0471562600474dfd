import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph, Resource } from "@petstore/offline/graph/graph";
import { inputsHash } from "@petstore/offline/graph/inputs";
import { graphFile } from "@petstore/offline/graph/load";
import { projectRoot, temporaryFolder } from "./offline.ts";

/** A small app that is made for a test. */
export interface AppParts {
  /** By name: the source, or that and what differs from Lambda's defaults. */
  functions?: Record<string, string | FunctionParts>;
  /** One HTTP API each: the name of a function by route key. */
  apis?: Record<string, string>[];
  /** Names of tables whose key is `id`. */
  tables?: string[];
  /** Whatever else it declares, by Pulumi type. */
  others?: { type: string; name: string }[];
}

export interface FunctionParts {
  source: string;
  /** Seconds. */
  timeout?: number;
  /** MB. */
  memorySize?: number;
  reservedConcurrentExecutions?: number;
}

/** Writes a project to run the command line in: its sources and its graph, ready-made. */
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
  await write(graphFile("offline"), JSON.stringify(graphOf(parts, folder.path)));
  return { ...folder, state: join(folder.path, "state"), write };
}

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

function graphOf(
  { functions = {}, apis = [], tables = [], others = [] }: AppParts,
  root: string,
): Graph {
  return {
    app: "made-for-test",
    stage: "offline",
    region: "us-east-1",
    inputs: { hash: inputsHash([], root), files: [] },
    links: {},
    builds: Object.keys(functions).map((name) => ({
      functionID: name,
      handler: `src/${name}.handler`,
      runtime: "nodejs24.x",
      links: {},
    })),
    resources: [
      ...Object.entries(functions).map(([name, fn]) => {
        const { source: _, ...settings } = typeof fn === "string" ? { source: fn } : fn;
        return resource("aws:lambda/function:Function", `${name}Function`, {
          name,
          arn: arnOf(name),
          role: "arn:aws:iam::123456789012:role/any",
          ...settings,
        });
      }),
      ...apis.flatMap((routes, index) => httpApi(`Api${index}`, routes)),
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

function httpApi(api: string, routes: Record<string, string>): Resource[] {
  return [
    resource("aws:apigatewayv2/api:Api", api, { name: api, protocolType: "HTTP" }),
    ...Object.entries(routes).flatMap(([routeKey, functionName]) => {
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
        }),
      ];
    }),
  ];
}

const resource = (type: string, name: string, state: Resource["state"]): Resource => ({
  type,
  name,
  id: name,
  state,
});
