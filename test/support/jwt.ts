import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A pair of keys as issuers have them, with the public one as a member of a key set. */
export function rsaKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
}
export type RsaKey = ReturnType<typeof rsaKey>;

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

function jwt(header: object, claims: object, signer: (text: string) => Buffer): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signer(text).toString("base64url")}`;
}

/** Tokens as nobody honest makes them, and as issuers do (`rs256`). */
export const forge = {
  rs256: (claims: object, { kid, privateKey }: { kid: string; privateKey: KeyObject }) =>
    jwt({ alg: "RS256", kid }, claims, (text) => sign("RSA-SHA256", Buffer.from(text), privateKey)),
  /** Signed by nobody. */
  none: (claims: object) => jwt({ alg: "none" }, claims, () => Buffer.alloc(0)),
  /** The public key taken for a shared secret. */
  hs256: (claims: object, { kid, publicKey }: { kid: string; publicKey: KeyObject }) =>
    jwt({ alg: "HS256", kid }, claims, (text) =>
      createHmac("sha256", publicKey.export({ type: "spki", format: "pem" }))
        .update(text)
        .digest(),
    ),
};

/** The claims of a token that somebody else signed. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString());
