import { getPet } from "@petstore/core/contract/pets";
import { getPetById } from "@petstore/core/pets/get";
import { assertIfMatch, etagOf, matchesIfNoneMatch } from "../http/preconditions.ts";
import { notModified, ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getPet, async ({ params, headers }) => {
  const pet = await getPetById(params.id);
  assertIfMatch(headers, pet);
  const etag = etagOf(pet);
  const responseHeaders = { etag, "cache-control": "no-cache" } as const;
  return matchesIfNoneMatch(headers, etag)
    ? notModified(responseHeaders)
    : ok(pet, responseHeaders);
});
