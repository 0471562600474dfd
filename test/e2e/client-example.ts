import { createClient } from "@petstore/client/client";
import { pets } from "@petstore/client/pets";
import { ok, ProblemError } from "@petstore/client/problem";

const client = createClient({ baseUrl: "http://localhost:3000", token: process.env.TOKEN });

// Safe to send again, and sent again if need be: it has an Idempotency-Key of its own.
const luna = await ok(client.POST("/api/pets", { body: { name: "Luna", species: "cat" } }));
console.log(`${luna.name} is ${luna.status}`);

// Page after page, as far as you go.
for await (const pet of pets(client, { species: "cat", limit: 100 })) {
  if (pet.id === luna.id) break;
}

const one = { params: { path: { id: luna.id }, header: { "If-Match": '"7"' } } };
try {
  await ok(client.DELETE("/api/pets/{id}", one));
} catch (error) {
  if (!(error instanceof ProblemError && error.is("/problems/precondition-failed"))) throw error;
  console.log(error.message);
}
