import { createPet } from "@petstore/core/contract/pets/create";
import { create } from "@petstore/core/pets/create";
import { created } from "../http/answers.ts";
import { etagOf } from "../http/preconditions.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(createPet, async ({ caller, headers, body }) => {
  const idempotencyKey = headers["idempotency-key"];
  const { pet, replayed } = await create(body, { owner: caller, idempotencyKey });
  return created(pet, {
    etag: etagOf(pet),
    location: `/api/pets/${pet.id}`,
    ...(replayed && { "idempotency-replayed": "true" }),
  });
});
