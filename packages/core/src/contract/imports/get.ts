import * as z from "zod";
import { Import, ImportId, RowError } from "../../imports/import.ts";
import { operation } from "../operation.ts";
import { pageHeaders, paging } from "../paging.ts";
import { routes } from "../routes.ts";

export const getImport = operation({
  ...routes.getImport,
  summary: "Tell how an import stands, and what is wrong with its rows",
  params: z.object({ id: ImportId }),
  query: z.strictObject(paging),
  answers: {
    200: {
      description: "The import with a page of its row errors; the last page has no `nextCursor`",
      body: Import.extend({ errors: z.array(RowError), nextCursor: z.string().optional() }),
      headers: z.object(pageHeaders),
    },
  },
  problems: ["not-authenticated", "not-found", "bad-cursor"],
});
