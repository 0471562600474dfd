import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { openStateFile } from "../../state/state-file.ts";

/** An RSA key, as a JSON Web Key (RFC 7517); `n` and `e` alone are public. */
export const PrivateKey = z.looseObject({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});
export type PrivateKey = z.infer<typeof PrivateKey>;

const pathIn = (stateDirectory: string) => join(stateDirectory, "issuer-key.json");

/**
 * Reads the key that signs tokens; undefined before there is one.
 *
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
      // Reported below, as what is wrong with the key would say nothing to the reader.
    }
    throw new Error("not a private RSA key");
  });
}

function canSign(jwk: PrivateKey): boolean {
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  const data = Buffer.from("any");
  return verify("sha256", data, createPublicKey(key), sign("sha256", data, key));
}

/** Writes the key that signs tokens, whole or not at all. */
export function writeSigningKey(stateDirectory: string, key: PrivateKey): void {
  const path = pathIn(stateDirectory);
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(key)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
