import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run, startOffline, temporaryFolder } from "../support/offline.ts";

/** Runs the command line to its end. */
async function runToEnd(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { exited, output } = run(args, { env });
  return { code: await exited, output: output().trim() };
}

describe("npm start", () => {
  it("prints its URL, routes with functions, console, engine and unsupported resources", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);
    const printed = offline.output();

    expect(printed).toContain(offline.url);
    for (const line of [/GET, HEAD +\/api\/pets\/\{id\} +GetPet/, /POST +\/api\/pets +CreatePet/]) {
      expect(printed).toMatch(line);
    }
    expect(printed).toMatch(/Console +http:\/\/localhost:\d+/);
    expect(printed).toMatch(/Tokens +http:\/\/localhost:\d+/);
    expect(printed).not.toContain("127.0.0.1");
    expect(printed).toMatch(/DynamoDB +(dynoxide|dynamodb-local)/);
    expect(printed).toMatch(/Not supported offline +nothing/);
    await offline.stop();
  });

  it("runs any stage that has a graph", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path, { args: ["--stage", "production"] });

    expect(offline.output()).toContain("stage production");
    expect((await fetch(`${offline.url}/api/health`)).status).toBe(200);
    await offline.stop();
  });

  it("prints one line per request with status, function, cold start and trace id", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);
    const line = String.raw`GET /api/health 200 \d+ ms GetHealth`;
    const trace = "1-[0-9a-f]{8}-[0-9a-f]{24}";
    await fetch(`${offline.url}/api/health`);
    await offline.printed(new RegExp(`^${line} cold ${trace}$`, "m"));
    await fetch(`${offline.url}/api/health`);
    await offline.printed(new RegExp(`^${line} ${trace}$`, "m"));

    expect(offline.output()).not.toMatch(/│|REPORT/);
    await offline.stop();
  });

  it("prints the output of functions and Lambda's reports with --verbose", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path, { args: ["--verbose"] });
    await fetch(`${offline.url}/api/health`);
    await offline.printed(/GetHealth │ \{.*"level":"INFO"/);
    await offline.printed(/GetHealth │ REPORT RequestId: \S+\tDuration: [\d.]+ ms/);

    // The tracer prints this name when the trace header is missing, which does not happen on AWS.
    expect(offline.output()).not.toContain("_X_AMZN_TRACE_ID");
    await offline.stop();
  });

  it("prints its options with --help", async () => {
    const { code, output } = await runToEnd(["--help"]);

    expect(code).toBe(0);
    for (const flag of ["port", "stage", "fresh", "engine", "state", "verbose"])
      expect(output).toContain(`--${flag}`);
  });
});

describe("npm start fails with one line and exit code 1", () => {
  const expectFailure = async (result: Promise<{ code: number | null; output: string }>) => {
    const { code, output } = await result;
    expect(code).toBe(1);
    expect(output.split("\n")).toHaveLength(1);
    return output;
  };

  it.each([
    [["--prot", "1"], "--prot"],
    [["extra"], "extra"],
    [["--port"], "--port"],
    [["--port", "http"], '--port cannot be "http"'],
    [["--port", "--fresh"], "--port"],
    [["--port", "65536"], "--port"],
    [["--stage", "../x"], "--stage"],
    [["--engine", "mongodb"], "mongodb"],
  ])("for the arguments %j", async (args, named) => {
    await using state = await temporaryFolder();
    const options = args.includes("--engine") ? ["--state", state.path] : [];

    expect(await expectFailure(runToEnd([...args, ...options]))).toContain(named);
  });

  it("for a port in use, and names its purpose", async () => {
    await using state = await temporaryFolder();
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    // The issuer's port is bound first, so it is the one that the message names.
    const output = await expectFailure(
      runToEnd(["--port", String(port - 1), "--state", state.path]),
    );

    expect(output).toMatch(
      new RegExp(
        `^Port ${port}, for the issuer of tokens, is in use by .+: choose another --port\\.$`,
      ),
    );
    server.close();
  });

  it.runIf(process.platform === "linux")(
    "for a port of another npm start, and names its process and data",
    async () => {
      await using state = await temporaryFolder();
      const [first, second] = [join(state.path, "first"), join(state.path, "second")];
      const offline = await startOffline(first);
      const { port } = new URL(offline.url);

      const output = await expectFailure(runToEnd(["--port", port, "--state", second]));

      expect(output).toBe(
        `Port ${port}, for the API, is in use by another npm start (process ${offline.process.pid}, data in ${first}): choose another --port.`,
      );
      await offline.stop();
    },
  );

  it("for a state in use", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);
    const output = await expectFailure(runToEnd(["--port", "0", "--state", state.path]));

    expect(output).toContain(String(offline.process.pid));
    expect(output).toContain("--state");
    await offline.stop();
  });

  it("for a state that cannot be read", async () => {
    await using state = await temporaryFolder();
    await (await startOffline(state.path)).stop();
    await writeFile(join(state.path, "state.json"), "{");

    expect(await expectFailure(runToEnd(["--port", "0", "--state", state.path]))).toContain(
      "--fresh",
    );
  });

  it("for a missing engine", async () => {
    await using state = await temporaryFolder();
    const args = ["--port", "0", "--state", state.path];
    const noJava = { PATH: state.path };

    expect(
      await expectFailure(runToEnd([...args, "--engine", "dynamodb-local"], noJava)),
    ).toContain("JDK");
    const noUrl = { DYNAMODB_ENDPOINT: "" };
    expect(await expectFailure(runToEnd([...args, "--engine", "endpoint"], noUrl))).toContain(
      "DYNAMODB_ENDPOINT",
    );
  });
});
