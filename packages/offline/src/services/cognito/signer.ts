import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { openStateFile } from "../../state/state-file.ts";

/** An RSA key as JSON Web Key (RFC 7517); only `n` and `e` are public. */
const PrivateKey = z.looseObject({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});
type PrivateKey = z.infer<typeof PrivateKey>;

const pathIn = (stateDirectory: string) => join(stateDirectory, "issuer-key.json");

/**
 * Reads the key that signs tokens.
 *
 * @returns undefined before the first token
 * @throws {UserError} The file is damaged.
 */
export function readSigningKey(stateDirectory: string): PrivateKey | undefined {
  return openStateFile(pathIn(stateDirectory), (path) => {
    if (!existsSync(path)) return undefined;
    const content = readFileSync(path, "utf8");
    try {
      const key = PrivateKey.parse(JSON.parse(content));
      if (canSign(key)) return key;
    } catch {
      // The error below is enough for the user.
    }
    throw new Error("not a private RSA key");
  });
}

function canSign(jwk: PrivateKey): boolean {
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  const data = Buffer.from("any");
  return verify("sha256", data, createPublicKey(key), sign("sha256", data, key));
}

/** Writes the key that signs tokens, atomically. */
function writeSigningKey(stateDirectory: string, key: PrivateKey): void {
  const path = pathIn(stateDirectory);
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(key)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** Signs the tokens of all pools. */
export interface Signer {
  /** JSON Web Key Set of the public key. */
  keySet: { keys: object[] };
  sign(claims: Record<string, unknown>): Promise<string>;
}

/**
 * Creates a signer with the key in a state directory. The key is created once, so that tokens stay
 * valid after a restart.
 */
export async function createSigner(stateDirectory: string): Promise<Signer> {
  // Imported at the first token, so that the runtime starts sooner.
  const { calculateJwkThumbprint, importJWK, SignJWT } = await import("jose");
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
  const { exportJWK, generateKeyPair } = await import("jose");
  const pair = await generateKeyPair("RS256", { extractable: true });
  const key = PrivateKey.parse(await exportJWK(pair.privateKey));
  writeSigningKey(stateDirectory, key);
  return key;
}
