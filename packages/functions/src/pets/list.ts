import { listPets } from "@petstore/core/contract/pets/list";
import { list } from "@petstore/core/pets/list";
import { ok } from "../http/answers.ts";
import { linkToNext } from "../http/link.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(listPets, async ({ query }) => {
  const { limit, cursor, ...filter } = query;
  const page = await list(filter, { limit, cursor });
  const { nextCursor } = page;
  return ok(page, {
    "cache-control": "no-cache",
    ...(nextCursor && {
      link: linkToNext("/api/pets", { ...filter, limit, cursor: nextCursor }),
    }),
  });
});
