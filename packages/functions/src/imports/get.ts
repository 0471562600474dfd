import { getImport } from "@petstore/core/contract/imports";
import { get } from "@petstore/core/imports/get";
import { linkToNext, ok } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getImport, async ({ caller, params, query }) => {
  const report = await get(params.id, { caller, ...query });
  const { nextCursor } = report;
  return ok(report, {
    "cache-control": "no-cache",
    ...(nextCursor && {
      link: linkToNext(`/api/imports/${params.id}`, { limit: query.limit, cursor: nextCursor }),
    }),
  });
});
