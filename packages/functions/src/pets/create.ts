import { createPet } from "@petstore/core/contract/pets";
import { createNewPet } from "@petstore/core/pets/create";
import { etagOf } from "../http/preconditions.ts";
import { created } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(createPet, async ({ caller, headers, body }) => {
  const idempotencyKey = headers["idempotency-key"];
  const { pet, isReplayed } = await createNewPet(body, { owner: caller, idempotencyKey });
  return created(pet, {
    etag: etagOf(pet),
    location: `/api/pets/${pet.id}`,
    ...(isReplayed && { "idempotency-replayed": "true" }),
  });
});
