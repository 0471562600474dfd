import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { PetFilter } from "@petstore/core/pets/record";
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

/** What DynamoDB would charge for a page. */
interface Cost {
  items: number;
  queries: number;
  /** Read capacity units. */
  units: number;
}

/** What a page of pets costs among few and among many: that must not depend on their number. */
export const pages: Section = async (bench) => {
  const many = bench.quick ? 10_000 : 100_000;
  const engine = await startEngine(bench);
  const client = new DynamoDBClient(sdkConfiguration(engine.endpoint));
  bench.defer(() => client.destroy());
  const costOf = await meter(engine);

  const costs: Record<string, Cost[]> = {};
  let loaded = 0;
  for (const count of [100, many]) {
    await load(client, engine.table, loaded, count);
    loaded = count;
    for (const [name, filter] of Object.entries(filters)) {
      costs[name] = [...(costs[name] ?? []), await costOf(filter)];
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
        String(few.queries),
        few.units.toFixed(1),
        String(all.queries),
        all.units.toFixed(1),
        (all.units / few.units).toFixed(2),
        budget(all.units / few.units, "≤", 1.5),
      ];
    }),
  );
};

/** Runs the domain's own function against the engine, and adds up what the engine says it consumed. */
async function meter(engine: { endpoint: string; table: string }) {
  // What the modules below read when they are loaded.
  Object.assign(process.env, sdkEnvironment(engine.endpoint), {
    SST_RESOURCE_App: JSON.stringify({ name: "petstore", stage: "bench" }),
    SST_RESOURCE_QueryPets: JSON.stringify({ name: engine.table }),
  });
  const { list } = await import("@petstore/core/pets/list");
  const { client } = await import("@petstore/core/table/client");

  let cost: Cost = { items: 0, queries: 0, units: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } as typeof args.input,
      });
      const { ConsumedCapacity } = answer.output as {
        ConsumedCapacity?: { CapacityUnits?: number };
      };
      cost.queries++;
      cost.units += ConsumedCapacity?.CapacityUnits ?? Number.NaN;
      return answer;
    },
    { step: "initialize" },
  );

  return async (filter: PetFilter): Promise<Cost> => {
    cost = { items: 0, queries: 0, units: 0 };
    const { items } = await list(filter, { limit: PAGE });
    if (items.length < PAGE)
      throw new Error(`Only ${items.length} pets match ${JSON.stringify(filter)}`);
    return { ...cost, items: items.length };
  };
}
