import { getImport } from "@petstore/core/contract/imports";
import { getImportReport } from "@petstore/core/imports/get";
import { ok, toNextLink } from "../http/responses.ts";
import { serve } from "../http/serve.ts";

export const handler = serve(getImport, async ({ caller, params, query }) => {
  const report = await getImportReport(params.id, { caller, ...query });
  const { nextCursor } = report;
  return ok(report, {
    "cache-control": "no-cache",
    ...(nextCursor && {
      link: toNextLink(`/api/imports/${params.id}`, { limit: query.limit, cursor: nextCursor }),
    }),
  });
});
