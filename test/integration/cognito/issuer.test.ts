import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createTokenVerifier } from "@petstore/jwt-authorizer/verify-token";
import { startIssuer } from "@petstore/offline/services/cognito/issuer";
import { type Clock, systemClock } from "@petstore/offline/util/clock";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../support/clock.ts";
import { temporaryFolder } from "../../support/offline.ts";

const pool = {
  name: "Users",
  id: "us-east-1_pool",
  issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool",
  clientIds: ["web"],
  scopes: ["shop/read"],
};

/** The pool has no trigger to invoke. */
const invoke = () => Promise.reject(new Error("nothing to invoke"));

/** Starts an issuer, calls `use` with the pool's URL, and closes the issuer. */
async function withIssuer<T>(
  stateDirectory: string,
  port: number,
  use: (url: string) => T,
  clock: Clock = systemClock,
) {
  const issuer = await startIssuer({ pools: [pool], port, stateDirectory, invoke, clock });
  try {
    return await use(issuer.urls[pool.issuer] as string);
  } finally {
    await issuer.close();
  }
}

async function requestToken(url: string, form: Record<string, string> = {}) {
  const body = new URLSearchParams({ grant_type: "client_credentials", ...form });
  const response = await fetch(`${url}/oauth2/token`, { method: "POST", body });
  return { status: response.status, body: await response.json() };
}

const verify = (url: string, token: string) =>
  createTokenVerifier({ issuer: url, audiences: ["web"] })(token);

describe("the issuer of tokens", () => {
  it("issues tokens that stay valid after a restart, until the state is deleted", async () => {
    await using state = await temporaryFolder();
    await using fresh = await temporaryFolder();
    const { url, token } = await withIssuer(state.path, 0, async (url) => {
      const { body } = await requestToken(url, { sub: "user-a" });
      expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3600, scope: "shop/read" });
      const token = (body as { access_token: string }).access_token;
      expect(await verify(url, token)).toMatchObject({ iss: url, sub: "user-a" });
      return { url, token };
    });
    const port = Number(new URL(url).port);
    await withIssuer(state.path, port, async (again) => {
      expect(again).toBe(url);
      expect(await verify(url, token)).toMatchObject({ sub: "user-a" });
    });
    await withIssuer(fresh.path, port, async () => {
      await expect(verify(url, token)).rejects.toThrow("the issuer does not have the token's key");
    });
  });

  it("publishes only the public key, and makes its file readable only for the owner", async () => {
    await using state = await temporaryFolder();
    await withIssuer(state.path, 0, async (url) => {
      const keys = await (await fetch(`${url}/.well-known/jwks.json`)).json();
      expect(keys).toEqual({
        keys: [
          {
            kty: "RSA",
            alg: "RS256",
            use: "sig",
            kid: expect.any(String),
            n: expect.any(String),
            e: "AQAB",
          },
        ],
      });
    });
    const files = await readdir(state.path);
    expect(files).toHaveLength(1);
    expect((await stat(join(state.path, files[0] as string))).mode & 0o777).toBe(0o600);
  });

  it("throws a UserError for an invalid port", async () => {
    const starting = startIssuer({
      pools: [pool],
      port: 65_536,
      stateDirectory: "",
      invoke,
      clock: systemClock,
    });
    await expect(starting).rejects.toThrow(
      "Port 65536, for the issuer of tokens, is above 65535: choose a lower --port.",
    );
  });

  it("responds with an error to invalid requests", async () => {
    await using state = await temporaryFolder();
    await withIssuer(state.path, 0, async (url) => {
      expect(await requestToken(url, { scope: "delete" })).toMatchObject({
        status: 400,
        body: { error: "invalid_scope" },
      });
      const post = async (body: string) =>
        (await fetch(`${url}/oauth2/token`, { method: "POST", body })).status;
      expect(await post("%")).toBe(400);
      expect(await post("x".repeat(100_000))).toBe(400);
      for (const path of ["", "/", "/oauth2/token", "/%"]) {
        expect((await fetch(`${url}${path}`)).status).toBe(404);
      }
      expect((await fetch(`${new URL(url).origin}/us-east-1_other/oauth2/token`)).status).toBe(404);
    });
  });

  it("derives the lifetime of tokens from its clock", async () => {
    await using state = await temporaryFolder();
    const clock = createTestClock(new Date("2026-01-01T00:00:00Z"));
    const claimsOf = async (url: string) => {
      const { body } = await requestToken(url, { expires_in: "60" });
      const [, claims = ""] = (body as { access_token: string }).access_token.split(".");
      return JSON.parse(Buffer.from(claims, "base64url").toString());
    };

    const issue = async (url: string) => {
      const first = await claimsOf(url);
      await clock.advance(90_000);
      return [first, await claimsOf(url)];
    };
    const claims = await withIssuer(state.path, 0, issue, clock);

    expect(claims).toMatchObject([
      { iat: 1767225600, exp: 1767225660 },
      { iat: 1767225690, exp: 1767225750 },
    ]);
  });
});
