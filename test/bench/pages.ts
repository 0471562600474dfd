import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Caller } from "@petstore/core/caller";
import type { NewPet } from "@petstore/core/pets/pet";
import type { PetFilter } from "@petstore/core/pets/pet-item";
import type { Section } from "./bench.ts";
import { sdkConfiguration, sdkEnvironment, startEngine } from "./engine.ts";
import { load } from "./pets.ts";
import { budget, table } from "./report.ts";

const PAGE = 20;

const filters: Record<string, PetFilter> = {
  "(none)": {},
  status: { status: "available" },
  species: { species: "dog" },
  "species, status": { species: "dog", status: "available" },
  owner: { owner: "ada" },
  "owner, status": { owner: "ada", status: "available" },
  "owner, species": { owner: "ada", species: "dog" },
  "owner, species, status": { owner: "ada", species: "dog", status: "available" },
};

/** What DynamoDB would charge for some work. */
interface Cost {
  requests: number;
  /** Capacity units of reads and writes, those of the indexes included. */
  units: number;
}

const owner: Caller = { id: "ada", email: "ada@example.com", admin: false };
const pet: NewPet = {
  name: "Rex",
  species: "dog",
  breed: "Of uncertain but certainly noble descent",
  birthDate: "2024-02-29",
  tags: ["friendly", "loves-children", "trained"],
  status: "available",
};

/**
 * What a page of pets costs among few and among many (that must not depend on their number), and what
 * each write of a pet costs.
 */
export const pages: Section = async (bench) => {
  const many = bench.quick ? 10_000 : 100_000;
  const engine = await startEngine(bench);
  const client = new DynamoDBClient(sdkConfiguration(engine.endpoint));
  bench.defer(() => client.destroy());
  const { costOf, list, create, patch, remove } = await meter(engine);

  const costs: Record<string, Cost[]> = {};
  let loaded = 0;
  for (const count of [100, many]) {
    await load(client, engine.table, loaded, count);
    loaded = count;
    for (const [name, filter] of Object.entries(filters)) {
      const cost = await costOf(async () => {
        const { items } = await list(filter, { limit: PAGE });
        if (items.length < PAGE) throw new Error(`Only ${items.length} pets match ${name}`);
      });
      costs[name] = [...(costs[name] ?? []), cost];
    }
  }

  table(
    `A page of ${PAGE} pets`,
    [
      "filter",
      "queries",
      "RCU of 100",
      "queries",
      `RCU of ${many.toLocaleString("en")}`,
      "growth",
      "budget",
    ],
    Object.entries(costs).map(([name, [few, all]]) => {
      if (!few || !all) throw new Error(`${name} was not measured`);
      return [
        name,
        String(few.requests),
        few.units.toFixed(1),
        String(all.requests),
        all.units.toFixed(1),
        (all.units / few.units).toFixed(2),
        budget(all.units / few.units, "≤", 1.5),
      ];
    }),
  );

  const { pet: made } = await create(pet, { owner });
  const by = { caller: owner, guard: () => {} };
  const writes: Record<string, () => Promise<unknown>> = {
    create: () => create(pet, { owner }),
    "change of the name": () => patch(made.id, { name: "Max" }, by),
    "change of the status": () => patch(made.id, { status: "pending" }, by),
    "change of the species": () => patch(made.id, { species: "cat" }, by),
    delete: () => remove(made.id, by),
  };
  const measured: string[][] = [];
  for (const [name, write] of Object.entries(writes)) {
    const { requests, units } = await costOf(write);
    measured.push([name, String(requests), units.toFixed(1)]);
  }
  table(
    "Writes of a pet (a change reads the pet first)",
    ["write", "requests", "capacity units"],
    measured,
  );
};

/** The domain's own functions, and a meter that adds up what the engine says a call of them consumed. */
async function meter(engine: { endpoint: string; table: string }) {
  // What the modules below read when they are loaded.
  Object.assign(process.env, sdkEnvironment(engine.endpoint), {
    SST_RESOURCE_App: JSON.stringify({ name: "petstore", stage: "bench" }),
    ...Object.fromEntries(
      ["QueryPets", "ReadPets", "WritePets"].map((link) => [
        `SST_RESOURCE_${link}`,
        JSON.stringify({ name: engine.table }),
      ]),
    ),
  });
  const { list } = await import("@petstore/core/pets/list");
  const { create } = await import("@petstore/core/pets/create");
  const { patch, remove } = await import("@petstore/core/pets/update");
  const { client } = await import("@petstore/core/table/client");

  let cost: Cost = { requests: 0, units: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } as typeof args.input,
      });
      const { ConsumedCapacity } = answer.output as {
        ConsumedCapacity?: { CapacityUnits?: number };
      };
      cost.requests++;
      cost.units += ConsumedCapacity?.CapacityUnits ?? Number.NaN;
      return answer;
    },
    { step: "initialize" },
  );

  const costOf = async (work: () => Promise<unknown>): Promise<Cost> => {
    cost = { requests: 0, units: 0 };
    await work();
    return cost;
  };
  return { costOf, list, create, patch, remove };
}
