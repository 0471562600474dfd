import { describe, expect, it } from "vitest";
import { temporaryApp } from "../support/app.ts";
import { run, startOffline } from "../support/offline.ts";

const returns = (name: string) => `export const handler = async () => "${name}";`;

describe("an app", () => {
  it("runs without an API and prints that there is none", async () => {
    await using app = await temporaryApp({ functions: { Worker: returns("worker") } });
    const offline = run(["--port", "0", "--state", app.state], { cwd: app.path });
    await offline.printed(/Ready/);

    expect(offline.output()).toMatch(/HTTP APIs +none/);
    offline.process.kill("SIGINT");
    expect(await offline.exited).toBe(0);
  });

  it("runs without any resource", async () => {
    await using app = await temporaryApp({});
    const offline = run(["--state", app.state], { cwd: app.path });
    await offline.printed(/Ready/);
    offline.process.kill("SIGINT");

    expect(await offline.exited).toBe(0);
  });

  it("lists each unsupported resource once, by type and name", async () => {
    await using app = await temporaryApp({
      functions: { One: returns("one") },
      apis: [{ "GET /": "One" }],
      others: [
        { type: "aws:ec2/instance:Instance", name: "Jobs" },
        { type: "aws:ec2/instance:Instance", name: "DeadJobs" },
        { type: "aws:sns/topic:Topic", name: "News" },
        { type: "aws:cloudwatch/logGroup:LogGroup", name: "Quiet" },
      ],
    });
    const offline = await startOffline(app.state, { cwd: app.path });

    expect(offline.output()).toMatch(
      /Not supported offline +aws:ec2\/instance:Instance \(Jobs, DeadJobs\), aws:sns\/topic:Topic \(News\)\n/,
    );
    expect(await (await fetch(offline.url)).text()).toBe(`"one"`);
    await offline.stop();
  });

  it("serves two APIs on separate ports with their own routes", async () => {
    await using app = await temporaryApp({
      functions: { One: returns("one"), Two: returns("two") },
      apis: [{ "GET /one": "One" }, { "GET /two": "Two", "GET /both": "One" }],
    });
    const offline = await startOffline(app.state, { cwd: app.path });
    const urls = offline.output().match(/(?<=^ +)http:\/\/localhost:\d+/gm) as string[];

    expect(new Set(urls).size).toBe(2);
    const statuses = await Promise.all(
      urls.flatMap((url) =>
        ["one", "two", "both"].map(async (path) => (await fetch(`${url}/${path}`)).status),
      ),
    );
    expect(statuses).toEqual([200, 404, 404, 404, 200, 200]);
    await offline.stop();
  });

  it("returns 500 on a route to a function of another app, like API Gateway", async () => {
    await using app = await temporaryApp({ apis: [{ "GET /away": "Elsewhere" }] });
    const offline = await startOffline(app.state, { cwd: app.path });

    expect(offline.output()).toMatch(/GET +\/away +a function of another app/);
    const response = await fetch(`${offline.url}/away`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: "Internal Server Error" });
    await offline.stop();
  });
});
