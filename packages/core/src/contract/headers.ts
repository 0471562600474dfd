import * as z from "zod";

/**
 * A strong entity tag (RFC 9110, section 8.8.3): the pet's creation time, in milliseconds and base 36,
 * and its version. It is opaque to clients.
 */
export const ETag = z.string().regex(/^"[0-9a-z]+-[1-9][0-9]*"$/);

/** The weak entity tag of content that changes only with a deployment: a hash of the content. */
export const ContentTag = z.string().regex(/^W\/"[\w-]+"$/);

/** The headers of content that changes only with a deployment. Clients revalidate it after an hour. */
export const cachedContent = {
  etag: ContentTag,
  "cache-control": z.literal("public, max-age=3600"),
};

/** A body that is not JSON. */
export const Bytes = z.custom<Uint8Array>();

const entityTag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
/** `*`, or a list of entity tags that can contain empty elements (RFC 9110, section 5.6.1.2). */
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
 * The client's key that makes a retried create safe: 1–255 visible ASCII characters without comma,
 * because API Gateway joins two headers of the same name with a comma.
 */
export const IdempotencyKey = z.string().regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/, {
  error: "must be a single key of 1 to 255 visible ASCII characters without a comma",
});
