import { listPets } from "@petstore/core/contract/pets";
import { list } from "@petstore/core/pets/list";
import { bearerOf } from "../bearer-token.ts";
import { linkToNext, ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(listPets, async ({ query, headers }) => {
  const { limit, cursor, ...filter } = query;
  const mine = filter.owner === "me";
  const owner = mine ? await bearerOf(headers.authorization) : filter.owner;
  const page = await list({ ...filter, owner }, { limit, cursor });
  const { nextCursor } = page;
  return ok(page, {
    "cache-control": mine ? "private, no-cache" : "no-cache",
    ...(mine && { vary: "authorization" }),
    ...(nextCursor && {
      link: linkToNext("/api/pets", { ...filter, limit, cursor: nextCursor }),
    }),
  });
});
