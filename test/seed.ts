import { join } from "node:path";
import { createClient, type PetStore } from "@petstore/client/client";
import type { NewPet } from "@petstore/client/pets";
import { ok, ProblemError } from "@petstore/client/problem";
import { type Species, species } from "@petstore/core/pets/pet";
import { parseCommandLine } from "@petstore/offline/cli/command-line";
import { findEndpoint } from "@petstore/offline/runtime/endpoint-file";
import { tokensOf } from "./support/tokens.ts";

const help = `Usage: npm run seed -- [options]

Creates pets in the app that "npm start" runs. Each request has a fixed Idempotency-Key, so a second
run creates no duplicates, and does not create deleted pets again.

Options:
  --count <number>   Number of pets (default 50).
  --stage <name>     Stage of the running app (default offline).
  --state <folder>   State of the running app (default .offline/<stage>).
  --url <url>        Base URL of another API.
  --token <token>    Access token of the owner (default: one of the running app, for user-a).
  --help             Print this text.

Example:
  npm run seed -- --count 200
`;

const names = ["Rex", "Mia", "Luna", "Otto", "Bella", "Simba", "Nala", "Rocky", "Coco", "Felix"];
const tags = ["friendly", "shy", "young", "trained", "loves-children"];
const WORKERS = 8;

/** Returns the nth pet, which is always the same: an Idempotency-Key requires the same body. */
const petOf = (n: number): NewPet => ({
  name: `${names[n % names.length]} ${Math.floor(n / names.length) + 1}`,
  species: species[n % species.length] as Species,
  birthDate: `${2015 + (n % 10)}-0${1 + (n % 9)}-1${n % 10}`,
  tags: [tags[n % tags.length] as string, tags[(n * 3 + 1) % tags.length] as string],
});

/** Creates a pet and returns whether it exists; a deleted pet is not created again. */
async function createPet(client: PetStore, n: number): Promise<boolean> {
  const header = { "Idempotency-Key": `seed-${n}` };
  try {
    await ok(client.POST("/api/pets", { params: { header }, body: petOf(n) }));
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.is("/problems/pet-deleted")) return false;
    throw error;
  }
}

async function main(): Promise<void> {
  const { values } = parseCommandLine(
    {
      options: {
        count: { type: "string", default: "50" },
        stage: { type: "string", default: "offline" },
        state: { type: "string" },
        url: { type: "string" },
        token: { type: "string" },
        help: { type: "boolean", default: false },
      },
    },
    "npm run seed -- --help",
  );
  if (values.help) return console.log(help.trimEnd());
  if (!/^[1-9]\d*$/.test(values.count)) {
    throw new Error(`--count must be a whole number above 0, not "${values.count}".`);
  }
  if (values.url !== undefined && !URL.canParse(values.url)) {
    throw new Error(`--url must be a URL such as http://localhost:3000, not "${values.url}".`);
  }
  const state = values.state ?? join(".offline", values.stage);
  const url = new URL(values.url ?? apiOf(state));
  const token = values.token ?? (await tokensOf(state)({ sub: "user-a", scope: "pets:write" }));

  const client = createClient({ baseUrl: url.origin, token });
  const count = Number(values.count);
  let [next, existing] = [0, 0];
  const work = async () => {
    while (next < count) if (await createPet(client, next++)) existing++;
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const rest = existing < count ? "; the others were deleted since and stay deleted" : "";
  console.log(`${existing} of ${count} pets are at ${new URL("/api/pets", url)}${rest}.`);
}

function apiOf(state: string): string {
  const [url] = findEndpoint(state).appUrls;
  if (url === undefined) throw new Error(`The running app with the state ${state} has no API.`);
  return url;
}

main().catch((error: Error & { cause?: { code?: string } }) => {
  const isConnectionRefused = error.cause?.code === "ECONNREFUSED";
  console.error(
    isConnectionRefused ? "The API does not respond: run npm start again." : error.message,
  );
  process.exitCode = 1;
});
