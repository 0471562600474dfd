import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { loadGraph } from "@petstore/offline/graph/load";
import { bundle } from "@petstore/offline/services/lambda/build/bundle";
import { stop as stopEsbuild } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { projectRoot, temporaryFolder } from "../../support/offline.ts";

const execute = promisify(execFile);

const source = `import { fail } from "./lib/fail.ts";

export const handler = async (event: { name: string }) => {
  return fail(event.name);
};
`;
const library = `/** Explains at length what a minifier removes. */
export function fail(reason: string): never {
  throw new Error(\`no luck: \${reason}\`);
}
`;
/** The positions of the throw and of the handler's call. */
const frames = ["src/lib/fail.ts:3:9", "src/fails.ts:4:10"];

const folder = await temporaryFolder();
afterAll(() => folder[Symbol.asyncDispose]());
/** The bundle of a failing handler, and the stack trace of its error. */
let file = "";
let stack = "";

beforeAll(async () => {
  await mkdir(join(folder.path, "src/lib"), { recursive: true });
  await writeFile(join(folder.path, "src/fails.ts"), source);
  await writeFile(join(folder.path, "src/lib/fail.ts"), library);
  const [{ nodejs = {} } = {}] = loadGraph("production", projectRoot).builds;
  const built = await bundle({
    build: {
      functionID: "Fails",
      handler: "src/fails.handler",
      runtime: "nodejs24.x",
      nodejs: { ...nodejs, plugins: join(projectRoot, "infra/bundle/plugins.mjs") },
      links: {},
    },
    directory: join(folder.path, "bundles/Fails"),
    projectRoot: folder.path,
  });
  await stopEsbuild();
  file = built.file;
  const program = `
    const { handler } = await import(${JSON.stringify(file)});
    await handler({ name: "Rex" }).catch(({ stack }) => console.log(stack));`;
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", program]);
  stack = stdout.trimEnd();
});

/** Runs the command with a text as its standard input. */
async function symbolicate(input: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const command = join(projectRoot, "packages/ops/src/symbolicate.ts");
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(input);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { output, errors, code: child.exitCode ?? (await once(child, "exit"))[0] };
}

describe("npm run symbolicate", () => {
  it("prints the source positions of an error in a minified bundle", async () => {
    expect(await readFile(file, "utf8")).not.toContain("Explains at length");
    expect(stack).toContain("bundle.mjs:");

    const { output, code } = await symbolicate(stack);

    expect(code).toBe(0);
    expect(output).toContain("Error: no luck: Rex");
    for (const frame of frames) expect(output).toContain(frame);
    expect(output).not.toContain("bundle.mjs");
  });

  it("reads the stack traces of a JSON log line and its causes from a file", async () => {
    const log = join(folder.path, "lambda.log");
    const error = { name: "Error", stack: "Error: above\n    at node:internal/a:1:2" };
    await writeFile(log, `GetPet │ ${JSON.stringify({ error: { ...error, cause: { stack } } })}\n`);

    const { output } = await symbolicate("", [log]);

    expect(output).toContain("Error: above\n    at node:internal/a:1:2\n");
    for (const frame of frames) expect(output).toContain(frame);
  });

  it("does not change positions without a source map", async () => {
    const trace = "Error: x\n    at file:///nowhere/bundle.mjs:1:2";

    expect(await symbolicate(trace)).toEqual({ output: `${trace}\n`, errors: "", code: 0 });
  });
});

describe("npm run symbolicate with a trace of a deployed function", () => {
  const logGroupArn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/app-Fails";
  const functionName = "petstore-production-FailsFunction-abcdefgh";
  const deployedStack = () => stack.replaceAll(file, "/var/task/bundle.mjs");
  const environment = (endpoint: string) => ({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "secret",
    SST_RESOURCE_App: JSON.stringify({ name: "petstore", stage: "production" }),
    SST_RESOURCE_SourceMaps: JSON.stringify({
      bucket: "sst-asset",
      functions: [{ name: "Fails", functionName, logGroupArn }],
    }),
  });

  /** Starts an S3 server with this code's map of November 3, and earlier and later maps of other code. */
  async function startS3(): Promise<string> {
    const contents = [1, 3, 5].map(
      (day) =>
        `<Contents><Key>sourcemap/${logGroupArn}/${day}.bundle.mjs.map</Key>` +
        `<LastModified>2026-11-0${day}T00:00:00.000Z</LastModified></Contents>`,
    );
    // SST builds in a folder three levels below the project's root.
    const { sourceRoot: _, sources, ...rest } = JSON.parse(await readFile(`${file}.map`, "utf8"));
    const map = { ...rest, sources: sources.map((path: string) => `../../../${path}`) };
    const server = createServer(({ url = "" }, response) => {
      const { pathname, searchParams } = new URL(url, "http://s3");
      const key = decodeURIComponent(pathname);
      if (searchParams.get("prefix") === `sourcemap/${logGroupArn}/` && key === "/sst-asset/") {
        response.setHeader("content-type", "application/xml");
        response.end(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
      } else if (key === `/sst-asset/sourcemap/${logGroupArn}/3.bundle.mjs.map`) {
        response.end(JSON.stringify(map));
      } else {
        response.end('{"version":3,"sources":[],"names":[],"mappings":""}');
      }
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("uses the newest map that existed when a JSON line was logged", async () => {
    const env = environment(await startS3());
    const error = { stack: deployedStack() };
    const line = JSON.stringify({ functionName, timestamp: "2026-11-04T12:00:00.000Z", error });

    const { output, errors } = await symbolicate(line, [], env);

    expect(errors).toBe("");
    for (const frame of frames) expect(output).toMatch(new RegExp(`[( ]${frame}\\)?\n`));
  });

  it("fails if neither the trace nor --function names a known function", async () => {
    const env = environment(await startS3());

    expect(await symbolicate(deployedStack(), [], env)).toMatchObject({
      code: 1,
      errors: "The trace does not name its function: add --function <name>.\n",
    });
    expect(await symbolicate(deployedStack(), ["--function", "Other"], env)).toMatchObject({
      code: 1,
      errors: "There is no function Other: choose one of Fails.\n",
    });
    expect(await symbolicate(deployedStack(), ["--function", "Fails"], env)).toMatchObject({
      code: 0,
      errors: "",
    });
  });

  it("fails without the stage's links and prints how to run it", async () => {
    const { errors, code } = await symbolicate(deployedStack(), ["--function", "Fails"]);

    expect(code).toBe(1);
    expect(errors).toContain("npx sst shell --stage <stage> -- npm run symbolicate");
  });
});

describe("the link SourceMaps", () => {
  it("has the bucket and the log group of every function of production", () => {
    const { links, resources } = loadGraph("production", projectRoot);
    const logGroups = resources.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    const arns = logGroups.map(({ state }) => state.arn);
    const functions = resources.filter(({ type }) => type === "aws:lambda/function:Function");

    const maps = links.SourceMaps as { bucket: string; functions: Record<string, string>[] };

    expect(new Set(functions.map(({ state }) => state.s3Bucket))).toEqual(new Set([maps.bucket]));
    expect(maps.functions.map(({ functionName }) => functionName).sort()).toEqual(
      functions.map(({ state }) => state.name).sort(),
    );
    for (const { logGroupArn } of maps.functions) expect(arns).toContain(logGroupArn);
  });
});
