import { describe, expect, it } from "vitest";
import { host, isAlive, payloadOf } from "./harness.ts";

describe("an edit", () => {
  it("reloads only the functions that use an edited file", async () => {
    const { invoke, write, line, lines } = await host({
      "lib/answer.ts": `export const answer = 1;`,
      "One.ts": `import { answer } from "./lib/answer.ts"; export const handler = async () => [answer, process.pid];`,
      "Two.ts": `export const handler = async () => [0, process.pid];`,
    });
    const [answer, pid] = payloadOf(await invoke("One")) as number[];
    expect(answer).toBe(1);
    const other = payloadOf(await invoke("Two"));

    write("lib/answer.ts", `export const answer = 2;`);
    await line(({ stream }) => stream === "reload");
    const [next, nextPid] = payloadOf(await invoke("One")) as number[];
    expect(next).toBe(2);
    expect(nextPid).not.toBe(pid);
    expect(payloadOf(await invoke("Two"))).toEqual(other);
    expect(lines.filter(({ stream }) => stream === "reload").map(({ name }) => name)).toEqual([
      "One",
    ]);
    await expect.poll(() => isAlive(pid as number)).toBe(false);
  });

  it("completes a running invocation with the old code", async () => {
    const source = (answer: number) =>
      `export const handler = async ({ wait }: any) => {
      if (wait) { console.log("waiting"); await new Promise((done) => setTimeout(done, 600)); }
      return ${answer};
    };`;
    const { invoke, write, line } = await host({ "One.ts": source(1) });
    const busy = invoke("One", { wait: true });
    await line(({ line }) => line.includes("waiting"));
    write("One.ts", source(2));
    await line(({ stream }) => stream === "reload");
    expect(payloadOf(await invoke("One"))).toBe(2);
    expect(payloadOf(await busy)).toBe(1);
  });

  it("does not restart a function whose bundle did not change", async () => {
    const { invoke, write, line, lines } = await host({
      "lib/both.ts": `export const one = 1; export const two = 2;`,
      "One.ts": `import { one } from "./lib/both.ts"; export const handler = async () => [one, process.pid];`,
      "Two.ts": `import { two } from "./lib/both.ts"; export const handler = async () => two;`,
    });
    const before = payloadOf(await invoke("One"));
    expect(payloadOf(await invoke("Two"))).toBe(2);
    write("lib/both.ts", `export const one = 1; export const two = 22;`);
    await line(({ stream }) => stream === "reload");
    expect(payloadOf(await invoke("Two"))).toBe(22);
    expect(payloadOf(await invoke("One"))).toEqual(before);
    expect(lines.filter(({ stream }) => stream === "reload").map(({ name }) => name)).toEqual([
      "Two",
    ]);
  });

  it("runs the last valid code after a syntax error, logs its position, and recovers", async () => {
    const { invoke, write, line, lines } = await host({
      "One.ts": `export const handler = async () => 1;`,
    });
    expect(payloadOf(await invoke("One"))).toBe(1);
    write("One.ts", `export const handler = async () => {\n  return 2 +;\n};`);
    const { line: message } = await line(
      ({ stream, line }) => stream === "platform" && line.includes("ERROR"),
    );
    expect(message).toContain("One.ts:2:12");
    expect(payloadOf(await invoke("One"))).toBe(1);
    write("One.ts", `export const handler = async () => 3;`);
    await line(({ stream }) => stream === "reload");
    expect(payloadOf(await invoke("One"))).toBe(3);
    expect(lines.filter(({ line }) => line.includes("One.ts:2:12"))).toHaveLength(1);
  });

  it("returns an error for a function without a successful build, until its sources are corrected", async () => {
    const { invoke, write, lines } = await host({
      "Bad.ts": `import { gone } from "./lib/gone.ts"; export const handler = async () => gone;`,
      "Good.ts": `import { here } from "./lib/here.ts"; export const handler = async () => here;`,
      "lib/here.ts": `export const here = "fine";`,
    });
    const [bad, good] = await Promise.all([invoke("Bad"), invoke("Good")]);
    expect(bad).toMatchObject({ kind: "error", errorType: "Runtime.BuildError" });
    expect(payloadOf(good)).toBe("fine");
    expect(
      lines.find(({ name, line }) => name === "Bad" && line.includes("Bad.ts:1:21")),
    ).toBeDefined();
    write("lib/gone.ts", `export const gone = "back";`);
    await expect.poll(async () => (await invoke("Bad")).kind).toBe("response");
  });

  it("logs a handler file that does not exist", async () => {
    const { invoke, lines } = await host(
      { "One.ts": "" },
      {
        One: {
          build: {
            functionID: "One",
            handler: "src/none.handler",
            runtime: "nodejs24.x",
            links: {},
          },
        },
      },
    );
    expect(await invoke("One")).toMatchObject({ errorType: "Runtime.BuildError" });
    expect(lines).toMatchObject([{ name: "One", line: "src/none.handler: no such file" }]);
  });
});
