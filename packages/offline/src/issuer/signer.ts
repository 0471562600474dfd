import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import * as z from "zod";

/** Signs the tokens of all pools. */
export interface Signer {
  /** The public key, as a JSON Web Key Set. */
  keySet: { keys: object[] };
  sign(claims: Record<string, unknown>): Promise<string>;
}

/** An RSA key, as a JSON Web Key (RFC 7517); `n` and `e` alone are public. */
const PrivateKey = z.looseObject({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});
type PrivateKey = z.infer<typeof PrivateKey>;

/** A signer with the key of a state, which is made the first time: tokens outlive a restart. */
export async function signerOf(stateDirectory: string): Promise<Signer> {
  const path = join(stateDirectory, "issuer-key.json");
  const privateKey = read(path) ?? (await create(path));
  const { kty, n, e } = privateKey;
  const header = { alg: "RS256", kid: await calculateJwkThumbprint({ kty, n, e }) };
  const key = await importJWK(privateKey, header.alg);
  return {
    keySet: { keys: [{ kty, n, e, ...header, use: "sig" }] },
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(key),
  };
}

function read(path: string): PrivateKey | undefined {
  try {
    return PrivateKey.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function create(path: string): Promise<PrivateKey> {
  const pair = await generateKeyPair("RS256", { extractable: true });
  const key = PrivateKey.parse(await exportJWK(pair.privateKey));
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(key)}\n`, { mode: 0o600 });
  renameSync(draft, path);
  return key;
}
