import { getPet } from "@petstore/core/contract/pets";
import { get } from "@petstore/core/pets/get";
import { assertMatch, etagOf, hasAlready } from "../http/preconditions.ts";
import { notModified, ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getPet, async ({ params, headers: sent }) => {
  const pet = await get(params.id);
  assertMatch(sent, pet);
  const etag = etagOf(pet);
  const headers = { etag, "cache-control": "no-cache" } as const;
  return hasAlready(sent, etag) ? notModified(headers) : ok(pet, headers);
});
