import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { publishEndpoint } from "@petstore/offline/runtime/endpoint-file";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { poolIssuer, temporaryApp } from "../support/app.ts";
import { type Offline, projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";

type TemporaryApp = Awaited<ReturnType<typeof temporaryApp>>;

const whoami = `export const handler = async ({ requestContext }) => ({
  statusCode: 200,
  body: JSON.stringify({ caller: requestContext.authorizer, issuer: process.env.ISSUER }),
});`;

const Body = z.object({
  message: z.string().exactOptional(),
  issuer: z.string().exactOptional(),
  caller: z
    .object({
      jwt: z.object({
        claims: z.record(z.string(), z.string()),
        scopes: z.array(z.string()).nullable(),
      }),
    })
    .exactOptional(),
});

let app: TemporaryApp;
let offline: Offline;

beforeAll(async () => {
  app = await temporaryApp({
    functions: { WhoAmI: { source: whoami, environment: { variables: { ISSUER: poolIssuer } } } },
    userPool: { scopes: ["read", "write"] },
    apis: [
      {
        "GET /open": "WhoAmI",
        "GET /me": { functionName: "WhoAmI", scopes: [] },
        "POST /me": { functionName: "WhoAmI", scopes: ["shop/write"] },
        "GET /signed": { functionName: "WhoAmI", authorization: "AWS_IAM" },
      },
    ],
  });
  offline = await startOffline(app.state, { cwd: app.path });
});

afterAll(async () => {
  await offline.stop();
  await app[Symbol.asyncDispose]();
});

/** Runs the command of `npm run token`. */
async function runTokenCommand(args: string[], state = app.state) {
  const command = [join(projectRoot, "packages/offline/bin/token.mjs"), "--state", state, ...args];
  return promisify(execFile)(process.execPath, command, { cwd: app.path }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout, stderr }) => ({ code, output: `${stdout}${stderr}` }),
  );
}

async function getToken(...args: string[]): Promise<string> {
  const { code, output } = await runTokenCommand(args);
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/^[^\s]+\n$/) });
  return output.trim();
}

async function call(method: string, path: string, bearer?: string) {
  const headers = bearer ? { authorization: `Bearer ${bearer}` } : {};
  const response = await fetch(`${offline.url}${path}`, { method, headers });
  return { status: response.status, body: Body.parse(await response.json()) };
}

describe("a token of npm run token", () => {
  it("passes the claims of Cognito's access tokens to the function", async () => {
    const args = ["--sub", "user-a", "--scope", "write openid", "--email", "a@example.com"];
    const token = await getToken(...args, "--expires-in", "60");
    const { status, body } = await call("POST", "/me", token);

    expect(status).toBe(200);
    const { iat, exp } = body.caller?.jwt.claims ?? {};
    expect(Number(exp) - Number(iat)).toBe(60);
    expect(body.caller?.jwt).toEqual({
      claims: {
        sub: "user-a",
        username: "user-a",
        iss: body.issuer,
        client_id: "client",
        token_use: "access",
        scope: "shop/write openid",
        version: "2",
        auth_time: expect.stringMatching(/^\d+$/),
        iat: expect.stringMatching(/^\d+$/),
        exp: expect.stringMatching(/^\d+$/),
        jti: expect.any(String),
      },
      scopes: ["shop/write", "openid"],
    });
  });

  it("has the issuer that functions and the banner have", async () => {
    const { body } = await call("GET", "/open");

    expect(body).toEqual({ issuer: expect.stringMatching(/^http:\/\/localhost:\d+\//) });
    expect(offline.output()).toContain(body.issuer);
  });

  it("has all scopes of the app unless --scope names some", async () => {
    expect((await call("POST", "/me", await getToken())).status).toBe(200);
    const reader = await getToken("--scope", "read");
    expect((await call("POST", "/me", reader)).status).toBe(403);
    expect((await call("GET", "/me", reader)).body.caller?.jwt.scopes).toBeNull();
  });
});

describe("a route with an authorizer", () => {
  it("returns 401 without a token", async () => {
    expect(await call("GET", "/me")).toEqual({ status: 401, body: { message: "Unauthorized" } });
  });

  it("returns 403 for a route whose authorization is not supported offline, and prints it", async () => {
    expect(await call("GET", "/signed")).toEqual({
      status: 403,
      body: { message: "Forbidden" },
    });
    expect(offline.output()).toMatch(/GET +\/signed +WhoAmI +closed .*AWS_IAM/);
  });
});

describe("npm run token", () => {
  it.each([
    ["an unknown scope", ["--scope", "delete"], /Unknown scope delete\..*shop\/read, shop\/write/],
    [
      "an invalid number of seconds",
      ["--expires-in", "abc"],
      /^--expires-in must be a whole number of seconds from 1 to 86400, not "abc"\.$/,
    ],
    [
      "a sub that the API rejects",
      ["--sub", "a b"],
      /^--sub must be 1 to 128 letters, .*, not "a b"\.$/,
    ],
    ["an invalid email address", ["--email", "a"], /^--email must be an email address, not "a"\.$/],
    ["an unknown flag", ["--user", "a"], /--user/],
  ])("fails with one line and exit code 1 for %s", async (_, args, message) => {
    const { code, output } = await runTokenCommand(args);

    expect(code).toBe(1);
    expect(output.trim()).toMatch(message);
    expect(output.trim().split("\n")).toHaveLength(1);
  });

  it("fails with one line and exit code 1 without a running app", async () => {
    const { code, output } = await runTokenCommand([], join(app.path, "nowhere"));

    expect(code).toBe(1);
    expect(output).toMatch(/^Nothing runs .*npm start first\.\n$/);
  });

  it.each([
    ["without a user pool", {}, /^The app has no Cognito user pool/],
    [
      "that was killed",
      { [poolIssuer]: "http://127.0.0.1:0/pool" },
      /does not respond: run npm start/,
    ],
  ])("fails with one line and exit code 1 for an app %s", async (_, localUrls, message) => {
    await using state = await temporaryFolder();
    const keys = { accessKeyId: "", secretAccessKey: "" };
    publishEndpoint(state.path, { url: offline.url, appUrls: [offline.url], localUrls, ...keys });
    const { code, output } = await runTokenCommand([], state.path);

    expect(code).toBe(1);
    expect(output).toMatch(message);
    expect(output.trim().split("\n")).toHaveLength(1);
  });

  it("prints its options with --help", async () => {
    const { code, output } = await runTokenCommand(["--help"]);

    expect(code).toBe(0);
    expect(output).toContain("--expires-in");
  });
});

describe("a pre token generation trigger", () => {
  /** Adds its event to the token, and tries to change a claim that it may not change. */
  const trigger = `export const handler = async (event) => {
    const { userAttributes, scopes } = event.request;
    if (userAttributes.email === "fail@example.com") throw new Error("no luck");
    return {
      ...event,
      response: {
        claimsAndScopeOverrideDetails: {
          idTokenGeneration: { claimsToAddOrOverride: { id: "not here" } },
          accessTokenGeneration: {
            claimsToAddOrOverride: { event: JSON.stringify(event), sub: "another" },
            scopesToAdd: ["extra"],
            scopesToSuppress: ["shop/read"],
          },
        },
      },
    };
  };`;

  async function startAppWithTrigger(version: string) {
    await using started = new AsyncDisposableStack();
    const app = started.use(
      await temporaryApp({
        functions: { WhoAmI: whoami, Trigger: trigger },
        userPool: {
          scopes: ["read", "write"],
          preTokenGeneration: { functionName: "Trigger", version },
        },
        apis: [{ "GET /me": { functionName: "WhoAmI", scopes: [] } }],
      }),
    );
    const offline = await startOffline(app.state, { cwd: app.path });
    started.defer(async () => void (await offline.stop()));
    const parts = started.move();
    return {
      token: (...args: string[]) => runTokenCommand(args, app.state),
      async claims(...args: string[]) {
        const { output } = await runTokenCommand(args, app.state);
        const authorization = `Bearer ${output.trim()}`;
        const response = await fetch(`${offline.url}/me`, { headers: { authorization } });
        return Body.parse(await response.json()).caller?.jwt.claims ?? {};
      },
      [Symbol.asyncDispose]: () => parts.disposeAsync(),
    };
  }

  it("receives the documented event, and its response changes the access token", async () => {
    await using running = await startAppWithTrigger("V2_0");

    const claims = await running.claims("--sub", "user-a", "--email", "a@example.com");

    expect(claims).toMatchObject({ sub: "user-a", scope: "shop/write extra" });
    expect(claims).not.toHaveProperty("id");
    expect(JSON.parse(claims.event as string)).toEqual({
      version: "2",
      triggerSource: "TokenGeneration_HostedAuth",
      region: "us-east-1",
      userPoolId: "us-east-1_pool",
      userName: "user-a",
      callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: "client" },
      request: {
        userAttributes: {
          sub: "user-a",
          "cognito:user_status": "CONFIRMED",
          email: "a@example.com",
          email_verified: "true",
        },
        groupConfiguration: {
          groupsToOverride: [],
          iamRolesToOverride: [],
          preferredRole: null,
        },
        scopes: ["shop/read", "shop/write"],
      },
      response: { claimsAndScopeOverrideDetails: null },
    });
  });

  it("does not run for a token without a user", async () => {
    await using running = await startAppWithTrigger("V2_0");

    expect(await running.claims()).not.toHaveProperty("event");
  });

  it("does not run in version V1_0, which cannot change access tokens", async () => {
    await using running = await startAppWithTrigger("V1_0");

    expect(await running.claims("--sub", "user-a")).not.toHaveProperty("event");
  });

  it("fails the token request when it fails", async () => {
    await using running = await startAppWithTrigger("V2_0");
    const { code, output } = await running.token("--sub", "a", "--email", "fail@example.com");

    expect({ code, output }).toEqual({
      code: 1,
      output: "PreTokenGeneration failed with error no luck.\n",
    });
  });
});
