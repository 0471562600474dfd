import { patchPet } from "@petstore/core/contract/pets";
import { patchPetById } from "@petstore/core/pets/update";
import { createPrecondition, etagOf } from "../http/preconditions.ts";
import { ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(patchPet, async ({ caller, params, headers, body }) => {
  const assertPrecondition = createPrecondition(headers);
  const pet = await patchPetById(params.id, body, { caller, assertPrecondition });
  return ok(pet, { etag: etagOf(pet) });
});
