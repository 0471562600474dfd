import { deletePet } from "@petstore/core/contract/pets/delete";
import { remove } from "@petstore/core/pets/change";
import { noContent } from "../http/answers.ts";
import { unlessChanged } from "../http/preconditions.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(deletePet, async ({ caller, params, headers }) => {
  await remove(params.id, { caller, guard: unlessChanged(headers) });
  return noContent();
});
