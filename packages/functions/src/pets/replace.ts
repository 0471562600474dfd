import { replacePet } from "@petstore/core/contract/pets";
import { replace } from "@petstore/core/pets/update";
import { etagOf, unlessChanged } from "../http/preconditions.ts";
import { ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(replacePet, async ({ caller, params, headers, body }) => {
  const pet = await replace(params.id, body, { caller, guard: unlessChanged(headers) });
  return ok(pet, { etag: etagOf(pet) });
});
