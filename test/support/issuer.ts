import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A signing key and its name. */
export interface Key {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export const rsaKey = (kid: string = randomUUID()): Key => ({
  kid,
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }),
});

/** Starts an issuer whose keys, documents and errors a test chooses. */
export async function startTestIssuer(...keys: Key[]) {
  const requests: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    requests.push(url);
    if (url === issuer.down) response.writeHead(503);
    const published = issuer.keys.map(({ kid, publicKey }) => ({
      ...publicKey.export({ format: "jwk" }),
      kid,
    }));
    const answers: Record<string, object> = {
      "/.well-known/openid-configuration": { jwks_uri: `${issuer.url}/keys` },
      "/keys": { keys: published },
    };
    response.end(url === issuer.down ? "" : JSON.stringify(answers[url]));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    /** The path that responds with an error. */
    down: undefined as string | undefined,
    /** The requested paths. */
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Creates a token that is signed with RSA and has the given header. */
export function signed(key: Key, claims: object, header: Record<string, unknown> = {}) {
  const { alg = "RS256" } = header;
  return forged({ alg, kid: key.kid, ...header }, claims, (text) =>
    createSign(String(alg).replace("RS", "sha")).update(text).sign(key.privateKey, "base64url"),
  );
}

/** Creates a token with the given text as signature. */
export function forged(header: object, claims: object, sign: (text: string) => string): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign(text)}`;
}
