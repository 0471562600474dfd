import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { json } from "node:stream/consumers";
import type { Build } from "../graph/graph.ts";
import { findSourceFile } from "../util/find-file.ts";

interface BuildRequest {
  functionID: string;
  handler: string;
  runtime: string;
  bundle?: string;
  properties?: Record<string, unknown>;
  links?: Record<string, Record<string, unknown>>;
  copyFiles?: { from: string; to: string }[];
}

const bootstrap = {
  asset: "sst-asset",
  assetEcrRegistryId: "",
  assetEcrUrl: "",
  state: "sst-state",
  appsyncHttp: "",
  appsyncRealtime: "",
};

/**
 * Starts the server for the JSON-RPC calls of SST's components to their command line, for the account's
 * bootstrap resources and the bundles of functions.
 *
 * @param out an empty directory that replaces every bundle
 * @param onBuild called for every function
 * @returns the value of `SST_SERVER`; the server does not keep the process alive
 */
export async function startRpcServer(
  root: string,
  out: string,
  onBuild: (build: Build) => void,
): Promise<string> {
  const methods: Record<string, (params: never) => unknown> = {
    "Provider.Aws.Bootstrap": () => bootstrap,
    "Runtime.Build": (request: BuildRequest) => {
      onBuild(toBuild(request));
      const missing = !request.bundle && !findHandler(root, request.handler);
      return {
        handler: `bundle${extname(request.handler)}`,
        out,
        errors: missing ? [`${request.functionID}: no source file for "${request.handler}"`] : [],
        sourcemaps: [],
      };
    },
  };
  const server = createServer(async (request, response) => {
    // SST's agent would keep the connection, and therefore the process, open for four idle seconds.
    response.setHeader("connection", "close");
    const { method, params } = (await json(request)) as { method: string; params: never[] };
    const handle = methods[method];
    response.end(
      JSON.stringify(
        handle ? { result: handle(params[0] as never) } : { error: `rpc: can't find ${method}` },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function toBuild({
  functionID,
  handler,
  runtime,
  properties = {},
  links = {},
  copyFiles = [],
}: BuildRequest): Build {
  const { architecture: _, ...nodejs } = properties;
  return {
    functionID,
    handler,
    runtime,
    nodejs,
    ...(copyFiles.length > 0 && { copyFiles: copyFiles.map(({ from, to }) => ({ from, to })) }),
    links: Object.fromEntries(
      Object.entries(links).map(([name, link]) => [name, { ...link, type: toLinkType(link) }]),
    ),
  };
}

/** Removes the stack from a type. Unlike the real engine, Pulumi's mocks include it. */
function toLinkType({ type }: Record<string, unknown>): string {
  return String(type).replace(/^pulumi\.pulumi\.Stack\$/, "");
}

const findHandler = (root: string, handler: string) =>
  findSourceFile(join(root, handler.slice(0, -extname(handler).length)));
