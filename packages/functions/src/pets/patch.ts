import { patchPet } from "@petstore/core/contract/pets";
import { patch } from "@petstore/core/pets/update";
import { etagOf, unlessChanged } from "../http/preconditions.ts";
import { ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(patchPet, async ({ caller, params, headers, body }) => {
  const pet = await patch(params.id, body, { caller, guard: unlessChanged(headers) });
  return ok(pet, { etag: etagOf(pet) });
});
