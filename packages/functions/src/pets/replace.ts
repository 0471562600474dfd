import { replacePet } from "@petstore/core/contract/pets";
import { replacePetById } from "@petstore/core/pets/update";
import { createPrecondition, etagOf } from "../http/preconditions.ts";
import { ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(replacePet, async ({ caller, params, headers, body }) => {
  const assertPrecondition = createPrecondition(headers);
  const pet = await replacePetById(params.id, body, { caller, assertPrecondition });
  return ok(pet, { etag: etagOf(pet) });
});
