import { setTimeout as sleep } from "node:timers/promises";
import { call } from "./call.ts";
import { type Command, check } from "./model.ts";

/** Lists the caller's pets of a species page by page, and compares them with the model. */
export const list = (species: string, limit: number): Command => ({
  check: () => true,
  toString: () => `list ${species} by ${limit}`,
  async run(model, real) {
    const mine = new Set(real.ids);
    const listed: string[] = [];
    const expected = model.pets
      .filter(({ fields }) => fields.species === species)
      .map(({ index }) => real.ids[index]);
    let cursor = "";
    do {
      const query = `?owner=me&species=${species}&limit=${limit}${cursor}`;
      const { json } = await call(real, "listPets", { query });
      listed.push(...json.items.map(({ id }: { id: string }) => id));
      cursor = json.nextCursor && `&cursor=${json.nextCursor}`;
    } while (cursor);
    // The list also contains imported pets.
    const found = listed.filter((id) => mine.has(id));
    const same = JSON.stringify(found.toSorted()) === JSON.stringify(expected.toSorted());
    check(same, "not the expected list", { found, expected });
  },
});

export const importRows = (rows: unknown[], bad: number): Command => ({
  check: () => true,
  toString: () => `import ${JSON.stringify(rows)} and ${bad} invalid rows`,
  async run(_, real) {
    const body = [...rows, ...Array<unknown>(bad).fill({ name: "" })];
    const accepted = await call(real, "createImport", { body });
    check(accepted.status === 202, "not accepted", accepted);
    for (;;) {
      const { json } = await call(real, "getImport", { id: accepted.json.id });
      if (json.state !== "completed") {
        await sleep(20);
        continue;
      }
      const asExpected = json.imported === rows.length && json.failed === bad;
      check(
        asExpected && json.errors.length === Math.min(bad, 20),
        "not the expected result",
        json,
      );
      return;
    }
  },
});
