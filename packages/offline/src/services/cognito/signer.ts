import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { PrivateKey, readSigningKey, writeSigningKey } from "./signing-key.ts";

/** Signs the tokens of all pools. */
export interface Signer {
  /** The public key, as a JSON Web Key Set. */
  keySet: { keys: object[] };
  sign(claims: Record<string, unknown>): Promise<string>;
}

/** A signer with the key of a state, which is made the first time: tokens outlive a restart. */
export async function signerOf(stateDirectory: string): Promise<Signer> {
  const privateKey = readSigningKey(stateDirectory) ?? (await createKey(stateDirectory));
  const { kty, n, e } = privateKey;
  const header = { alg: "RS256", kid: await calculateJwkThumbprint({ kty, n, e }) };
  const key = await importJWK(privateKey, header.alg);
  return {
    keySet: { keys: [{ kty, n, e, ...header, use: "sig" }] },
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(key),
  };
}

async function createKey(stateDirectory: string): Promise<PrivateKey> {
  const pair = await generateKeyPair("RS256", { extractable: true });
  const key = PrivateKey.parse(await exportJWK(pair.privateKey));
  writeSigningKey(stateDirectory, key);
  return key;
}
