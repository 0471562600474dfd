import * as z from "zod";

/**
 * A strong entity tag (RFC 9110, section 8.8.3): when the pet was created, as milliseconds in base 36,
 * and its version. Clients treat it as opaque.
 */
export const ETag = z.string().regex(/^"[0-9a-z]+-[1-9][0-9]*"$/);

/** The entity tag of content that changes with a deployment: a hash of it, whatever it is encoded in. */
export const ContentTag = z.string().regex(/^W\/"[\w-]+"$/);

/** Content that changes with a deployment is asked for again after an hour. */
export const cachedContent = {
  etag: ContentTag,
  "cache-control": z.literal("public, max-age=3600"),
};

/** Bytes that are no JSON. */
export const Bytes = z.custom<Uint8Array>();

const entityTag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
/** `*`, or a list of entity tags in which empty elements count for nothing (RFC 9110, section 5.6.1.2). */
const EntityTags = z
  .string()
  .trim()
  .regex(new RegExp(`^(?:\\*|(?:\\s*,)*\\s*${entityTag}(?:\\s*,(?:\\s*${entityTag})?)*)$`), {
    error: 'must be * or a list of entity tags, such as "3"',
  });

/** Preconditions (RFC 9110, section 13). */
export const Preconditions = z.object({
  "if-match": EntityTags.optional(),
  "if-none-match": EntityTags.optional(),
});
export type Preconditions = z.output<typeof Preconditions>;
export const IfNoneMatch = Preconditions.pick({ "if-none-match": true });
export type IfNoneMatch = z.output<typeof IfNoneMatch>;

/**
 * A key that makes a retried create safe, chosen by the client: 1–255 visible ASCII characters, no
 * comma, because API Gateway joins two headers of that name by one.
 */
export const IdempotencyKey = z.string().regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/, {
  error: "must be a single key of 1 to 255 visible ASCII characters without a comma",
});

/** The query parameters of everything that comes in pages. */
export const paging = {
  /** Items on one page. */
  limit: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,8})$/, { error: "must be a whole number" })
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20),
  /** `nextCursor` of the page before. */
  cursor: z.string().optional(),
};

/** The headers of a page. */
export const pageHeaders = {
  /** The next page (RFC 8288). */
  link: z.string().optional(),
  "cache-control": z.literal("no-cache"),
};
