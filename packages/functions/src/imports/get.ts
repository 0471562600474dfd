import { getImport } from "@petstore/core/contract/imports/get";
import { get } from "@petstore/core/imports/get";
import { ok } from "../http/answers.ts";
import { linkToNext } from "../http/link.ts";
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
