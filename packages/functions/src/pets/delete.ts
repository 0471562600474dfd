import { deletePet } from "@petstore/core/contract/pets";
import { deletePetById } from "@petstore/core/pets/update";
import { createPrecondition } from "../http/preconditions.ts";
import { noContent } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(deletePet, async ({ caller, params, headers }) => {
  await deletePetById(params.id, { caller, assertPrecondition: createPrecondition(headers) });
  return noContent();
});
