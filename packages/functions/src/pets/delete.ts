import { deletePet } from "@petstore/core/contract/pets";
import { remove } from "@petstore/core/pets/update";
import { unlessChanged } from "../http/preconditions.ts";
import { noContent } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(deletePet, async ({ caller, params, headers }) => {
  await remove(params.id, { caller, guard: unlessChanged(headers) });
  return noContent();
});
