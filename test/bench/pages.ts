import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Caller } from "@petstore/core/caller";
import type { NewPet } from "@petstore/core/pets/pet-input";
import type { PetFilter } from "@petstore/core/pets/pet-item";
import type { Section } from "./bench.ts";
import { sdkConfiguration, sdkEnvironment, startEngine } from "./engine.ts";
import { loadPets } from "./pets.ts";
import { checkBudget, printTable } from "./report.ts";

const PAGE_SIZE = 20;

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

/** The DynamoDB requests and capacity units of some work. */
interface Cost {
  requests: number;
  /** Read and write capacity units, including those of indexes. */
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
 * The cost of a page among few and among many pets, which must not depend on their number, and the cost
 * of each write of a pet.
 */
export const pages: Section = async (bench) => {
  const many = bench.quick ? 10_000 : 100_000;
  const engine = await startEngine(bench);
  const client = new DynamoDBClient(sdkConfiguration(engine.endpoint));
  bench.defer(() => client.destroy());
  const { measureCost, readPetPage, createNewPet, patchPetById, deletePetById } =
    await createMeter(engine);

  const costs: Record<string, Cost[]> = {};
  let loaded = 0;
  for (const count of [100, many]) {
    await loadPets(client, engine.table, loaded, count);
    loaded = count;
    for (const [name, filter] of Object.entries(filters)) {
      const cost = await measureCost(async () => {
        const { items } = await readPetPage(filter, { limit: PAGE_SIZE });
        if (items.length < PAGE_SIZE) throw new Error(`Only ${items.length} pets match ${name}`);
      });
      costs[name] = [...(costs[name] ?? []), cost];
    }
  }

  printTable(
    `A page of ${PAGE_SIZE} pets`,
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
        checkBudget(all.units / few.units, "≤", 1.5),
      ];
    }),
  );

  const { pet: made } = await createNewPet(pet, { owner });
  const by = { caller: owner, assertPrecondition: () => {} };
  const writes: Record<string, () => Promise<unknown>> = {
    create: () => createNewPet(pet, { owner }),
    "change of the name": () => patchPetById(made.id, { name: "Max" }, by),
    "change of the status": () => patchPetById(made.id, { status: "pending" }, by),
    "change of the species": () => patchPetById(made.id, { species: "cat" }, by),
    delete: () => deletePetById(made.id, by),
  };
  const measured: string[][] = [];
  for (const [name, write] of Object.entries(writes)) {
    const { requests, units } = await measureCost(write);
    measured.push([name, String(requests), units.toFixed(1)]);
  }
  printTable(
    "Writes of a pet (a change reads the pet first)",
    ["write", "requests", "capacity units"],
    measured,
  );
};

/** Returns the domain's functions, and a function that returns the capacity that calls consume. */
async function createMeter(engine: { endpoint: string; table: string }) {
  // The modules below read these variables when they are loaded.
  Object.assign(process.env, sdkEnvironment(engine.endpoint), {
    SST_RESOURCE_App: JSON.stringify({ name: "petstore", stage: "bench" }),
    ...Object.fromEntries(
      ["QueryPets", "ReadPets", "WritePets"].map((link) => [
        `SST_RESOURCE_${link}`,
        JSON.stringify({ name: engine.table }),
      ]),
    ),
  });
  const { readPetPage } = await import("@petstore/core/pets/list");
  const { createNewPet } = await import("@petstore/core/pets/create");
  const { patchPetById, deletePetById } = await import("@petstore/core/pets/update");
  const { client } = await import("@petstore/core/table/client");

  let cost: Cost = { requests: 0, units: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      const response = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } as typeof args.input,
      });
      const { ConsumedCapacity } = response.output as {
        ConsumedCapacity?: { CapacityUnits?: number };
      };
      cost.requests++;
      cost.units += ConsumedCapacity?.CapacityUnits ?? Number.NaN;
      return response;
    },
    { step: "initialize" },
  );

  const measureCost = async (work: () => Promise<unknown>): Promise<Cost> => {
    cost = { requests: 0, units: 0 };
    await work();
    return cost;
  };
  return { measureCost, readPetPage, createNewPet, patchPetById, deletePetById };
}
