import { listPets } from "@petstore/core/contract/pets/list";
import { list } from "@petstore/core/pets/list";
import { ok } from "../http/answers.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(listPets, async ({ query }) => {
  const { limit, cursor, ...filter } = query;
  const page = await list(filter, { limit, cursor });
  return ok(page, {
    "cache-control": "no-cache",
    ...(page.nextCursor && { link: linkTo({ ...filter, limit, cursor: page.nextCursor }) }),
  });
});

/** A link to the next page (RFC 8288). */
function linkTo(parameters: object): string {
  const [, path] = listPets.route.split(" ");
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  return `<${path}?${query}>; rel="next"`;
}
