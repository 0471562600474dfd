import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Creates a key pair; the public key is a member of a key set. */
export function rsaKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
}

interface Key {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

function jwt(header: object, claims: object, signer: (text: string) => Buffer): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signer(text).toString("base64url")}`;
}

/** Creates forged tokens, and a valid one (`rs256`). */
export const forge = {
  rs256: (claims: object, { kid, privateKey }: Key) =>
    jwt({ alg: "RS256", kid }, claims, (text) => sign("RSA-SHA256", Buffer.from(text), privateKey)),
  /** Without a signature. */
  none: (claims: object) => jwt({ alg: "none" }, claims, () => Buffer.alloc(0)),
  /** Signed with the public key as a shared secret. */
  hs256: (claims: object, { kid, publicKey }: Key) =>
    jwt({ alg: "HS256", kid }, claims, (text) =>
      createHmac("sha256", publicKey.export({ type: "spki", format: "pem" }))
        .update(text)
        .digest(),
    ),
};

/** Reads the claims of a token, and the issuer's signing key from its state. */
export function takeApart(token: string, state: string) {
  const [header, claims] = token
    .split(".", 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
  const jwk = JSON.parse(readFileSync(join(state, "issuer-key.json"), "utf8"));
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  return { claims, key: { kid: header.kid, privateKey, publicKey: createPublicKey(privateKey) } };
}
