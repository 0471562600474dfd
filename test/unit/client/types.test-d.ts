import { createClient } from "@petstore/client/client";
import { pets } from "@petstore/client/pets";
import { ok, ProblemError } from "@petstore/client/problem";
import { expectTypeOf, it } from "vitest";

const client = createClient({ baseUrl: "http://localhost" });
const id = "f1a71b3d-747f-8a4d-ba2a-852ed9781758";

it("gives results the types of the document", async () => {
  const pet = await ok(client.GET("/api/pets/{id}", { params: { path: { id } } }));
  expectTypeOf(pet.status).toEqualTypeOf<"available" | "pending" | "adopted">();
  expectTypeOf(pet.breed).toEqualTypeOf<string | undefined>();
  for await (const one of pets(client, { status: "adopted" })) {
    expectTypeOf(one).toEqualTypeOf(pet);
  }
  await ok(client.POST("/api/pets", { body: { name: "Rex", species: "dog" } }));
  const patch = { params: { path: { id } }, body: { breed: null } };
  await ok(client.PATCH("/api/pets/{id}", patch));
  const answer = await client.GET("/api/pets/{id}", { params: { path: { id } } });
  if (answer.data) expectTypeOf(answer.data).toEqualTypeOf(pet);
});

it("rejects what the document does not allow", async () => {
  // @ts-expect-error there is no such path
  await client.GET("/api/petz");
  // @ts-expect-error there is no such operation
  await client.DELETE("/api/pets");
  // @ts-expect-error the id is missing
  await client.GET("/api/pets/{id}");
  // @ts-expect-error the body is missing
  await client.POST("/api/pets");
  // @ts-expect-error a required member is missing
  await client.POST("/api/pets", { body: { name: "Rex" } });
  // @ts-expect-error there is no such species
  await client.POST("/api/pets", { body: { name: "Rex", species: "dragon" } });
  // @ts-expect-error there is no such member
  await client.POST("/api/pets", { body: { name: "Rex", species: "dog", color: "red" } });
  // @ts-expect-error a limit is a number
  await client.GET("/api/pets", { params: { query: { limit: "20" } } });
  // @ts-expect-error there is no such filter
  pets(client, { speces: "dog" });
  // @ts-expect-error pages are followed by the iterator itself
  pets(client, { cursor: "x" });
  const pet = await ok(client.GET("/api/pets/{id}", { params: { path: { id } } }));
  // @ts-expect-error what is write-only is never answered
  pet.ownerEmail;
  const error = new ProblemError(new Response(), undefined);
  // @ts-expect-error there is no such problem
  error.is("/problems/out-of-luck");
});
