import * as z from "zod";

/** A strong entity tag: the pet's version in quotes (RFC 9110, section 8.8.3). */
export const ETag = z.string().regex(/^"[1-9][0-9]*"$/);

const entityTag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
const EntityTags = z
  .string()
  .trim()
  .regex(new RegExp(`^(?:\\*|${entityTag}(?:\\s*,\\s*${entityTag})*)$`), {
    error: 'must be * or a list of entity tags, such as "3"',
  });

/** Preconditions (RFC 9110, section 13). */
export const Preconditions = z.object({
  "if-match": EntityTags.optional(),
  "if-none-match": EntityTags.optional(),
});
export type Preconditions = z.output<typeof Preconditions>;

/** A key that makes a retried create safe, chosen by the client: 1–255 visible ASCII characters. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, {
  error: "must be 1 to 255 visible ASCII characters",
});
