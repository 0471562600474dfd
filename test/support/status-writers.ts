import type { Pet } from "@petstore/core/pets/pet";
import { expect } from "vitest";
import type { Call } from "./api.ts";
import { walk } from "./pages.ts";

/**
 * Walks lists while writers keep changing the status of pets between `available` and `pending`.
 *
 * @param pets pets that exist throughout; nothing else may write them
 * @param query the list, with the size of its pages
 * @returns lists walked, and in all of them together: pets found twice, and pets missed
 */
export async function walkUnderStatusWrites(
  call: Call,
  {
    pets,
    query,
    writers,
    seconds,
  }: { pets: Pet[]; query: string; writers: number; seconds: number },
): Promise<{ walks: number; duplicates: number; missed: number; writes: number }> {
  const end = Date.now() + seconds * 1000;
  const ids = new Set(pets.map(({ id }) => id));
  const found = { walks: 0, duplicates: 0, missed: 0, writes: 0 };

  async function write(writer: number) {
    for (let n = writer; Date.now() < end; n += writers) {
      const { id } = pets[n % pets.length] as Pet;
      const status = Math.floor(n / pets.length) % 2 === 0 ? "pending" : "available";
      const answer = await call("PATCH", `/api/pets/${id}`, { body: { status } });
      expect(answer.status).toBe(200);
      found.writes++;
    }
  }
  async function read() {
    while (Date.now() < end) {
      const seen = (await walk(call, query)).map(({ id }) => id).filter((id) => ids.has(id));
      found.walks++;
      found.duplicates += seen.length - new Set(seen).size;
      found.missed += ids.size - new Set(seen).size;
    }
  }
  await Promise.all([...Array.from({ length: writers }, (_, n) => write(n)), read(), read()]);
  return found;
}
