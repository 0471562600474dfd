import { createServer, type IncomingMessage } from "node:http";
import type { Invoke } from "../../runtime/invocation.ts";
import { readLimitedBody } from "../../util/body.ts";
import type { Clock } from "../../util/clock.ts";
import { close, listen } from "../../util/listen.ts";
import { checkOrigin } from "../../util/origin-check.ts";
import { grantToken } from "./grant.ts";
import { customizeAccessToken } from "./pre-token-generation.ts";
import type { UserPool } from "./resources.ts";
import { createSigner, readSigningKey, type Signer } from "./signer.ts";

const MAX_BODY = 64 * 1024;
const HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  // Requests are rare, so a client would find a reused connection closed.
  connection: "close",
};

export interface IssuerOptions {
  pools: UserPool[];
  /** 0 selects a free port. The next run then has another issuer, which does not accept these tokens. */
  port: number;
  /** Where to store the signing key. */
  stateDirectory: string;
  /** Invokes the pools' triggers. */
  invoke: Invoke;
  /** Time of `iat`, `auth_time` and `exp`. */
  clock: Clock;
}

export interface Issuer {
  /** Local URL of each pool, by its URL on AWS. */
  urls: Record<string, string>;
  close(): Promise<void>;
}

type JsonResponse = [status: number, body: object];

/**
 * Starts the issuer of user pools' access tokens on the loopback interface. It serves the discovery
 * document (OpenID Connect Discovery 1.0, section 4), the keys, and a token endpoint that
 * authenticates no client, at Cognito's paths.
 *
 * @throws {UserError} The port is not available, or the signing key is damaged.
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { pools, port, stateDirectory, invoke, clock } = options;
  readSigningKey(stateDirectory);
  let loading: Promise<Signer> | undefined;
  // Created with the first token, because creating a key would slow down the start.
  const signer = () => {
    loading ??= createSigner(stateDirectory);
    return loading;
  };
  const server = createServer(async (request, response) => {
    const [status, body] = await respond(request).catch((error): JsonResponse => {
      loading = undefined;
      return [500, { error: "server_error", error_description: String(error) }];
    });
    response.writeHead(status, HEADERS).end(JSON.stringify(body));
  });
  const base = `http://localhost:${await listen(server, port, "the issuer of tokens")}`;
  const byUrl = new Map(pools.map((pool) => [`${base}/${pool.id}`, pool]));
  return {
    urls: Object.fromEntries([...byUrl].map(([url, pool]) => [pool.issuer, url])),
    close: () => close(server),
  };

  async function respond(request: IncomingMessage): Promise<JsonResponse> {
    const originError = checkOrigin(request.headers);
    if (originError) return [403, { error: "access_denied", error_description: originError }];
    const [, poolId, path] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? "") ?? [];
    const url = `${base}/${poolId}`;
    const pool = byUrl.get(url);
    switch (pool && `${request.method} ${path}`) {
      case "GET /.well-known/openid-configuration":
        return [200, discoveryDocument(url)];
      case "GET /.well-known/jwks.json":
        return [200, (await signer()).keySet];
      case "POST /oauth2/token":
        return issueToken(url, pool as UserPool, request);
      default:
        return [404, { error: "not_found" }];
    }
  }

  async function issueToken(
    url: string,
    pool: UserPool,
    request: IncomingMessage,
  ): Promise<JsonResponse> {
    const read = await readLimitedBody(request, MAX_BODY);
    const form = read.kind === "complete" ? read.body.toString() : "";
    const granted = grantToken(pool, Object.fromEntries(new URLSearchParams(form)), clock.now());
    if ("error" in granted) return [400, granted];
    const { lifetimeSeconds: expires_in, userAttributes } = granted;
    let { claims } = granted;
    try {
      if (userAttributes) {
        claims = await customizeAccessToken(pool, claims, userAttributes, invoke);
      }
    } catch (error) {
      const error_description = (error as Error).message;
      return [400, { error: "invalid_request", error_description }];
    }
    const access_token = await (await signer()).sign({ iss: url, ...claims });
    return [200, { access_token, token_type: "Bearer", expires_in, scope: claims.scope }];
  }
}

function discoveryDocument(issuer: string) {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    token_endpoint: `${issuer}/oauth2/token`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: ["token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}
