import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { valid } from "./arbitraries.ts";
import { type Described, document, operations } from "./document.ts";
import { undocumented } from "./judge.ts";
import { type Received, send } from "./send.ts";

type Fields = Record<string, unknown>;

/** What should be there: the pets that this sequence has made, oldest first. */
interface Model {
  pets: { index: number; fields: Fields; version: number; key?: string }[];
  made: number;
}

/** What is there: the API, and the ids of the pets by the model's numbers. */
interface Real {
  url: string;
  ids: string[];
  onAnswer: (answer: Received) => void;
}

type Command = fc.AsyncCommand<Model, Real>;

/** Sends a request of which the model knows what must come of it. */
async function call(
  { url, onAnswer }: Real,
  name: string,
  { id = "", query = "", headers = [] as [string, string][], body = undefined as unknown } = {},
): Promise<Received & { json: Document }> {
  const operation = operations.find((one) => one.name === name) as Described;
  const merge = name === "patchPet" ? "application/merge-patch+json" : "application/json";
  const answer = await send(url, {
    method: operation.method,
    target: operation.path.replace("{id}", id) + query,
    headers: body === undefined ? headers : [["content-type", merge], ...headers],
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  onAnswer(answer);
  const wrong = undocumented(operation, answer);
  if (wrong.length > 0) throw new Error(`${name}: ${wrong.join("\n")}\n→ ${answer.body}`);
  return { ...answer, json: answer.body ? JSON.parse(answer.body) : undefined };
}
// biome-ignore lint/suspicious/noExplicitAny: judged by its schema already
type Document = any;

function check(condition: boolean, what: string, answer: unknown): asserts condition {
  if (!condition) throw new Error(`${what}\n${JSON.stringify(answer, null, 2)}`);
}

const isAsModelled = (pet: Fields, { fields, version }: Model["pets"][number]) => {
  const { ownerEmail: _, ...shown } = fields;
  return (
    pet.version === version &&
    Object.entries({ breed: undefined, birthDate: undefined, ...shown }).every(
      ([name, value]) => JSON.stringify(pet[name]) === JSON.stringify(value),
    )
  );
};

/** Fields as they are kept: trimmed, tags once, defaults in place. */
const kept = (fields: Fields): Fields => ({
  status: "available",
  ...fields,
  tags: [...new Set((fields.tags as string[]) ?? [])],
  name: (fields.name as string).trim(),
  ...(typeof fields.breed === "string" && { breed: fields.breed.trim() }),
});

const mayBecome = (from: unknown, to: unknown) => from === to || from !== "adopted";

const create = (body: Fields, key: string | undefined): Command => ({
  check: () => true,
  toString: () => `create ${JSON.stringify(body)} ${key ?? ""}`,
  async run(model, real) {
    const headers: [string, string][] = key ? [["idempotency-key", key]] : [];
    const answer = await call(real, "createPet", { headers, body });
    check(answer.status === 201, "not created", answer);
    const index = model.made++;
    real.ids[index] = answer.json.id;
    const pet = { index, fields: kept(body), version: 1 };
    model.pets.push(pet);
    check(isAsModelled(answer.json, pet), "another pet than was sent", { answer, pet });
    if (!key) return;
    const again = await call(real, "createPet", { headers, body });
    check(again.json.id === answer.json.id, "a repeat made another pet", again);
    check(again.headers["idempotency-replayed"] === "true", "not said to be replayed", again);
  },
});

/** A command for one of the pets there are. */
const forPet = (
  name: string,
  pick: number,
  act: (pet: Model["pets"][number], id: string, real: Real, model: Model) => Promise<void>,
): Command => ({
  check: ({ pets }) => pets.length > 0,
  toString: () => `${name} #${pick}`,
  async run(model, real) {
    const pet = model.pets[pick % model.pets.length] as Model["pets"][number];
    await act(pet, real.ids[pet.index] as string, real, model);
  },
});

const read = (pick: number) =>
  forPet("read", pick, async (pet, id, real) => {
    const answer = await call(real, "getPet", { id });
    check(isAsModelled(answer.json, pet), "another pet than is there", { answer, pet });
    const headers: [string, string][] = [["if-none-match", `"${pet.version}"`]];
    const fresh = await call(real, "getPet", { id, headers });
    check(fresh.status === 304, "not known to be fresh", fresh);
  });

/** A change, with the version that is there, or the one before. */
const change = (name: "patchPet" | "replacePet", pick: number, body: Fields, stale: boolean) =>
  forPet(`${name} ${JSON.stringify(body)} ${stale}`, pick, async (pet, id, real) => {
    const headers: [string, string][] = [["if-match", `"${pet.version - (stale ? 1 : 0)}"`]];
    const answer = await call(real, name, { id, headers, body });
    if (stale) return check(answer.status === 412, "a stale version was taken", answer);
    const { ownerEmail } = pet.fields;
    const merged: Fields =
      name === "patchPet"
        ? { ...pet.fields, ...body }
        : { ...(ownerEmail ? { ownerEmail } : {}), ...body };
    const next = kept(
      Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)),
    );
    if (!mayBecome(pet.fields.status, next.status)) {
      return check(answer.status === 409, "an adoption was undone", answer);
    }
    Object.assign(pet, { fields: next, version: pet.version + 1 });
    check(answer.status === 200, "not changed", answer);
    check(isAsModelled(answer.json, pet), "changed to another pet", { answer, pet });
  });

const remove = (pick: number) =>
  forPet("delete", pick, async (pet, id, real, model) => {
    const answer = await call(real, "deletePet", { id });
    check(answer.status === 204, "not deleted", answer);
    model.pets.splice(model.pets.indexOf(pet), 1);
    const gone = await call(real, "getPet", { id });
    check(gone.status === 404, "still there", gone);
  });

/** Everything of a species, page by page: of this sequence's pets it has just those that it should. */
const list = (species: string, limit: number): Command => ({
  check: () => true,
  toString: () => `list ${species} by ${limit}`,
  async run(model, real) {
    const mine = new Set(real.ids);
    const listed: string[] = [];
    const expected = model.pets
      .filter(({ fields }) => fields.species === species)
      .map(({ index }) => real.ids[index]);
    // This sequence's pets are the newest, but for what imports are still at.
    let cursor = "";
    for (let page = 0; page < 20; page++) {
      const query = `?species=${species}&limit=${limit}${cursor}`;
      const { json } = await call(real, "listPets", { query });
      listed.push(...json.items.map(({ id }: { id: string }) => id));
      if (!json.nextCursor || expected.every((id) => listed.includes(id as string))) break;
      cursor = `&cursor=${json.nextCursor}`;
    }
    const found = listed.filter((id) => mine.has(id));
    const same = JSON.stringify(found.toSorted()) === JSON.stringify(expected.toSorted());
    check(same, "lists other pets than there are", { found, expected });
  },
});

const importRows = (rows: unknown[], bad: number): Command => ({
  check: () => true,
  toString: () => `import ${JSON.stringify(rows)} and ${bad} that are none`,
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
      check(asExpected && json.errors.length === Math.min(bad, 20), "imported otherwise", json);
      return;
    }
  },
});

const schemaOf = (name: string) => valid(document.components.schemas[name]) as fc.Arbitrary<Fields>;
const pick = fc.nat(20);

/** Sequences of commands: what each is answered, and what is there afterwards, is as in a model of it. */
export function anySequence(url: string, onAnswer: (answer: Received) => void) {
  const key = fc.option(fc.uuid(), { nil: undefined });
  const stale = fc.nat(3).map((one) => one === 3);
  const newPet = schemaOf("NewPet");
  const commands = [
    fc.tuple(newPet, key).map(([body, key]) => create(body, key)),
    fc.tuple(newPet, key).map(([body, key]) => create(body, key)),
    pick.map(read),
    fc.tuple(pick, schemaOf("PetPatch"), stale).map((of) => change("patchPet", ...of)),
    fc.tuple(pick, schemaOf("PetReplacement"), stale).map((of) => change("replacePet", ...of)),
    pick.map(remove),
    fc
      .tuple(fc.constantFrom("dog", "cat"), fc.integer({ min: 2, max: 100 }))
      .map((of) => list(...of)),
    fc
      .tuple(fc.array(newPet, { minLength: 1, maxLength: 3 }), fc.nat(2))
      .map((of) => importRows(...of)),
  ];
  return fc.asyncProperty(fc.commands(commands, { maxCommands: 20, size: "max" }), (sequence) =>
    fc.asyncModelRun(
      () => ({ model: { pets: [], made: 0 }, real: { url, ids: [], onAnswer } }),
      sequence,
    ),
  );
}
