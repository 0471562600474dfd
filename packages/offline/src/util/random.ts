import { randomFillSync } from "node:crypto";

const pool = Buffer.alloc(8192);
let used = pool.length;

/** Returns random bytes as text. They come from a pool, because each call of the generator is slow. */
export function randomText(bytes: number, encoding: "hex" | "base64url"): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString(encoding, used - bytes, used);
}
