import { createServer, type IncomingMessage } from "node:http";
import type { Invoke } from "../../runtime/invocation.ts";
import { readLimitedBody } from "../../util/body.ts";
import { close, listen } from "../../util/listen.ts";
import { checkOrigin } from "../../util/origin-check.ts";
import { grant } from "./grant.ts";
import { customizeAccessToken } from "./pre-token-generation.ts";
import type { UserPool } from "./resources.ts";
import type { Signer } from "./signer.ts";
import { readSigningKey } from "./signing-key.ts";

const MAX_BODY = 64 * 1024;
const HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  // Seldom asked: a connection that is kept would sooner be found dead than used again.
  connection: "close",
};

export interface IssuerOptions {
  pools: UserPool[];
  /** 0 takes any free one; the next run's issuer is then another, and knows no token of this one. */
  port: number;
  /** Where the signing key is kept. */
  stateDirectory: string;
  /** Invokes the pools' triggers. */
  invoke: Invoke;
}

export interface Issuer {
  /** The URL of each pool here, by that on AWS. */
  urls: Record<string, string>;
  close(): Promise<void>;
}

type Answer = [status: number, body: object];

/**
 * Issues the access tokens of user pools on the loopback interface: the discovery document
 * (OpenID Connect Discovery 1.0, section 4), the keys, and a token endpoint that trusts whoever asks.
 * The paths are Cognito's.
 *
 * @throws UserError when the port cannot be had, or the signing key is damaged
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { pools, port, stateDirectory, invoke } = options;
  readSigningKey(stateDirectory);
  let loading: Promise<Signer> | undefined;
  // Loaded and, the first time, its key made for the first token: no start has to wait for that.
  const signer = () => {
    loading ??= import("./signer.ts").then(({ signerOf }) => signerOf(stateDirectory));
    return loading;
  };
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request).catch((error): Answer => {
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

  async function answer(request: IncomingMessage): Promise<Answer> {
    const refusal = checkOrigin(request.headers);
    if (refusal) return [403, { error: "access_denied", error_description: refusal }];
    const [, poolId, path] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? "") ?? [];
    const url = `${base}/${poolId}`;
    const pool = byUrl.get(url);
    switch (pool && `${request.method} ${path}`) {
      case "GET /.well-known/openid-configuration":
        return [200, discovery(url)];
      case "GET /.well-known/jwks.json":
        return [200, (await signer()).keySet];
      case "POST /oauth2/token":
        return token(url, pool as UserPool, request);
      default:
        return [404, { error: "not_found" }];
    }
  }

  async function token(url: string, pool: UserPool, request: IncomingMessage): Promise<Answer> {
    const read = await readLimitedBody(request, MAX_BODY);
    const form = read.kind === "complete" ? read.body.toString() : "";
    const granted = grant(pool, Object.fromEntries(new URLSearchParams(form)));
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

function discovery(issuer: string) {
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
