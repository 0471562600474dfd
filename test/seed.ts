import { parseArgs } from "node:util";
import { createClient, type PetStore } from "@petstore/client/client";
import type { NewPet } from "@petstore/client/pets";
import { ok } from "@petstore/client/problem";
import { type Species, species } from "@petstore/core/pets/pet";
import { tokensOf } from "./support/tokens.ts";

const help = `Usage: npm run seed -- [options]

Creates pets in an API that runs. Running it again changes nothing: each pet has an Idempotency-Key.

  --url <url>      base URL of the API (default http://localhost:3000)
  --token <token>  of their owner (default: one for user-a, of the app that "npm start" runs)
  --count <number> how many pets (default 50)
  --help           print this text
`;

const names = ["Rex", "Mia", "Luna", "Otto", "Bella", "Simba", "Nala", "Rocky", "Coco", "Felix"];
const tags = ["friendly", "shy", "young", "trained", "loves-children"];

/** The nth pet. The same every time, so that its key always comes with the same body. */
const petOf = (n: number): NewPet => ({
  name: `${names[n % names.length]} ${Math.floor(n / names.length) + 1}`,
  species: species[n % species.length] as Species,
  birthDate: `${2015 + (n % 10)}-0${1 + (n % 9)}-1${n % 10}`,
  tags: [tags[n % tags.length] as string, tags[(n * 3 + 1) % tags.length] as string],
});

const create = (client: PetStore, n: number) =>
  ok(
    client.POST("/api/pets", {
      params: { header: { "Idempotency-Key": `seed-${n}` } },
      body: petOf(n),
    }),
  );

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "http://localhost:3000" },
      token: { type: "string" },
      count: { type: "string", default: "50" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1) throw new Error("--count must be a whole number");

  const url = new URL(values.url);
  const userA = { sub: "user-a", scope: "pets:write" };
  const token = values.token ?? (await tokensOf(".offline/offline")(userA));
  const client = createClient({ baseUrl: url.origin, token });
  let next = 0;
  const worker = async () => {
    while (next < count) await create(client, next++);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  console.log(`${count} pets are at ${new URL("/api/pets", url)}`);
}

main().catch((error: Error & { cause?: { code?: string } }) => {
  const refused = error.cause?.code === "ECONNREFUSED";
  console.error(refused ? "Nothing answers there: run npm start, or give --url." : error.message);
  process.exitCode = 1;
});
