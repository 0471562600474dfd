import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryApp } from "../support/app.ts";
import { type Offline, startOffline } from "../support/offline.ts";

/** How handlers fail, what the runtime prints, and whether the process ends. */
const faults: Record<string, { fault: string; reason: string; endsProcess?: boolean }> = {
  Throws: { fault: `throw new RangeError("too far");`, reason: "RangeError: too far" },
  ThrowsNothing: { fault: "throw undefined;", reason: "undefined" },
  ThrowsLines: { fault: `throw new Error("one\\ntwo");`, reason: "Error: one two" },
  Rejects: { fault: `await Promise.reject(new Error("no"));`, reason: "Error: no" },
  Circular: {
    fault: "const all: any = {}; all.all = all; return all;",
    reason: "Runtime.JSONStringifyError",
  },
  Forgets: {
    fault: `void Promise.reject(new Error("nobody listens")); await forever;`,
    reason: "Runtime.UnhandledPromiseRejection: Error: nobody listens",
    endsProcess: true,
  },
  Hangs: {
    fault: "await forever;",
    reason: "Task timed out after 1.00 seconds",
    endsProcess: true,
  },
  Spins: { fault: "for (;;);", reason: "Task timed out after 1.00 seconds", endsProcess: true },
  Exits: { fault: "process.exit(7);", reason: "exit status 7", endsProcess: true },
  ExitsWell: { fault: "process.exit();", reason: "without providing a reason", endsProcess: true },
  Killed: {
    fault: `process.kill(process.pid, "SIGKILL"); await forever;`,
    reason: "signal: killed",
    endsProcess: true,
  },
  Heap: {
    fault: "const kept: unknown[] = []; for (;;) kept.push(new Array(1000).fill(0));",
    reason: "Runtime.",
    endsProcess: true,
  },
  Buffers: {
    fault: `const kept: unknown[] = [];
      for (;;) { kept.push(Buffer.alloc(8e6, 1)); await new Promise(setImmediate); }`,
    reason: "Runtime.OutOfMemory",
    endsProcess: true,
  },
  BadStatus: { fault: `return { statusCode: "abc" };`, reason: "statusCode" },
  BadHeader: {
    fault: `return { statusCode: 200, headers: { "x y": "" } };`,
    reason: `The header "x y"`,
  },
  BadBody: { fault: "return { statusCode: 200, body: { a: 1 } };", reason: "body" },
  TooLarge: {
    fault: `return { statusCode: 200, body: "x".repeat(6_300_000) };`,
    reason: "Function.ResponseSizeTooLarge",
  },
};

/** Returns a module that fails the first time it is loaded. */
const failOnce = (fault: string) => `
  import { existsSync, writeFileSync } from "node:fs";
  const tried = process.env.LAMBDA_TASK_ROOT + "/tried";
  if (!existsSync(tried)) { writeFileSync(tried, ""); ${fault} }
  export const handler = async () => process.pid;`;

const functions = {
  Healthy: "export const handler = async () => process.pid;",
  ...Object.fromEntries(
    Object.entries(faults).map(([name, { fault }]) => [
      name,
      {
        timeout: ["Hangs", "Spins"].includes(name) ? 1 : 20,
        source: `const forever = new Promise(() => setInterval(() => {}, 1e6));
          export const handler = async ({ rawQueryString }: any) => {
            if (rawQueryString === "well") return process.pid;
            ${fault}
          };`,
      },
    ]),
  ),
  ImportThrows: failOnce(`throw new TypeError("at the top");`),
  ImportExits: failOnce("process.exit(3);"),
  NoExport: "export const other = 1;",
  NoSyntax: "export const handler = ;",
  Nothing: "export const handler = async () => {};",
  Busy: {
    reservedConcurrentExecutions: 1,
    source: `export const handler = () => new Promise((done) => setTimeout(done, 300, "done"));`,
  },
};

let app: Awaited<ReturnType<typeof temporaryApp>>;
let offline: Offline;
beforeAll(async () => {
  const routes = Object.keys(functions).map((name) => [`GET /${name}`, name]);
  app = await temporaryApp({ functions, apis: [Object.fromEntries(routes)] });
  offline = await startOffline(app.state, { cwd: app.path, args: ["--verbose"] });
});
afterAll(async () => {
  await offline?.stop();
  await app?.[Symbol.asyncDispose]();
});

const get = (path: string) => fetch(`${offline.url}/${path}`);
const text = async (path: string) => (await get(path)).text();
const linesMatching = (pattern: RegExp) =>
  offline
    .output()
    .split("\n")
    .filter((line) => pattern.test(line));

async function expectGatewayError(response: Response, status: number, message: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("apigw-requestid")).toBeTruthy();
  expect(await response.text()).toBe(JSON.stringify({ message }));
}

describe("a handler that fails affects only its own request", () => {
  it.each(Object.entries(faults))("%s", async (name, { reason, endsProcess = false }) => {
    const before = await text(`${name}?well`);
    const failing = get(name);

    expect((await get("Healthy")).status).toBe(200);
    await expectGatewayError(await failing, 500, "Internal Server Error");

    // One line for the request, and at most one more that Lambda or its runtime would also log.
    await offline.printed(new RegExp(`^GET /${name} 500 .*?^${name} │ REPORT`, "ms"));
    const [line, ...more] = linesMatching(new RegExp(`^GET /${name} 500 `));
    expect(line).toMatch(new RegExp(`\\d ms ${name} .`));
    expect(line).toContain(reason);
    expect(more).toEqual([]);
    expect(linesMatching(new RegExp(`^${name} │ (?!REPORT)`)).length).toBeLessThanOrEqual(1);

    const after = await text(`${name}?well`);
    expect(after).toMatch(/^\d+$/);
    expect(after !== before).toBe(endsProcess);
    expect((await get("Healthy")).status).toBe(200);
  });
});

describe("a function that cannot be initialised", () => {
  it.each([
    ["ImportThrows", "TypeError: at the top"],
    ["ImportExits", "exit status 3"],
  ])("%s is initialised again for the next request", async (name, reason) => {
    await expectGatewayError(await get(name), 500, "Internal Server Error");
    await offline.printed(new RegExp(`GET /${name} 500 \\d+ ms ${name} .*${reason}`));

    expect(linesMatching(new RegExp(`^${name} │.*\\(init phase\\)`))).toHaveLength(1);
    expect(await text(name)).toMatch(/^\d+$/);
  });

  it("fails with Runtime.HandlerNotFound without an exported handler", async () => {
    await expectGatewayError(await get("NoExport"), 500, "Internal Server Error");
    await offline.printed(/GET \/NoExport 500 \d+ ms NoExport .*Runtime.HandlerNotFound/);
  });

  it("prints the position of a syntax error", async () => {
    await expectGatewayError(await get("NoSyntax"), 500, "Internal Server Error");
    await offline.printed(/GET \/NoSyntax 500 \d+ ms NoSyntax .*Runtime.BuildError/);

    expect(offline.output()).toMatch(/src\/NoSyntax\.ts:1:\d+/);
  });
});

describe("responses and output", () => {
  it("an undefined result becomes the body null", async () => {
    const response = await get("Nothing");

    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe("null");
  });

  it("a request above the reserved concurrency gets 503", async () => {
    const responses = await Promise.all([get("Busy"), get("Busy")]);
    const [served, throttled] = responses.toSorted((a, b) => a.status - b.status);

    expect(await served?.text()).toBe(`"done"`);
    await expectGatewayError(throttled as Response, 503, "Service Unavailable");
    await offline.printed(/GET \/Busy 503 \d+ ms Busy .*concurrency/);
  });

  it("control characters in a path are removed from the output", async () => {
    await get("%0AGET%20/Healthy%20200%1B%5B2J");
    await offline.printed(/^GET \/ GET \/Healthy 200 \[2J 404/m);
  });
});
