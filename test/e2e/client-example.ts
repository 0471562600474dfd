import { createClient } from "@petstore/client/client";
import { pets } from "@petstore/client/pets";
import { ok, ProblemError } from "@petstore/client/problem";

const client = createClient({ baseUrl: "http://localhost:3000", token: process.env.TOKEN });

// The client sends an Idempotency-Key, so it can safely retry this request.
const luna = await ok(client.POST("/api/pets", { body: { name: "Luna", species: "cat" } }));
console.log(`${luna.name} is ${luna.status}`);

// Requests the next page only when the loop gets there.
for await (const pet of pets(client, { species: "cat", limit: 100 })) {
  if (pet.id === luna.id) break;
}

// An ETag names one version of the pet. The patch makes a new version, so If-Match fails.
const path = { id: luna.id };
const { response } = await client.GET("/api/pets/{id}", { params: { path } });
const header = { "If-Match": response.headers.get("etag") as string };
await ok(client.PATCH("/api/pets/{id}", { params: { path }, body: { status: "pending" } }));
try {
  await ok(client.DELETE("/api/pets/{id}", { params: { path, header } }));
} catch (error) {
  if (!(error instanceof ProblemError && error.is("/problems/precondition-failed"))) throw error;
  console.log(`Not deleted: ${error.message}`);
}
