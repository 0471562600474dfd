import { listPets } from "@petstore/core/contract/pets";
import { readPetPage } from "@petstore/core/pets/list";
import { readBearerSubject } from "../bearer-token.ts";
import { ok, toNextLink } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(listPets, async ({ query, headers }) => {
  const { limit, cursor, ...filter } = query;
  const isOwn = filter.owner === "me";
  const owner = isOwn ? await readBearerSubject(headers.authorization) : filter.owner;
  const page = await readPetPage({ ...filter, owner }, { limit, cursor });
  const { nextCursor } = page;
  return ok(page, {
    "cache-control": isOwn ? "private, no-cache" : "no-cache",
    ...(isOwn && { vary: "authorization" }),
    ...(nextCursor && {
      link: toNextLink("/api/pets", { ...filter, limit, cursor: nextCursor }),
    }),
  });
});
