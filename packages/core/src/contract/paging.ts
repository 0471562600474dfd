import * as z from "zod";

/** The query parameters of paginated operations. */
export const paging = {
  /** Items on one page. */
  limit: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,8})$/, { error: "must be a whole number" })
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20),
  /** `nextCursor` of the previous page. */
  cursor: z.string().optional(),
};

/** The response headers of paginated operations. */
export const pageHeaders = {
  /** The next page (RFC 8288). */
  link: z.string().optional(),
  "cache-control": z.literal("no-cache"),
};
