import * as z from "zod";

export const species = ["dog", "cat", "bird", "fish", "rabbit", "reptile", "other"] as const;
export const Species = z.enum(species);
export type Species = z.output<typeof Species>;

export const statuses = ["available", "pending", "adopted"] as const;
export const Status = z.enum(statuses);
export type Status = z.output<typeof Status>;

/** A UUID: read in any case, written in lower case (RFC 9562, section 4). */
export const PetId = z.uuid().toLowerCase();

/** The `sub` of a token: chosen by its issuer, and opaque to this API. */
export const OwnerId = z.string().regex(/^[A-Za-z0-9._:|@+-]{1,128}$/);

/**
 * Invisible characters, for a character class: blanks, controls, marks, fillers, and those that are
 * ignored where they are not supported (Unicode's `Default_Ignorable_Code_Point`, written as
 * categories and ranges because few regex engines support its name).
 */
const invisible =
  "\\s\\p{Z}\\p{Cc}\\p{Cf}\\p{M}\\u115f\\u1160\\u2065\\u2800\\u3164\\uffa0\\ufff0-\\ufff8\\udb40\\udc00-\\udb43\\udfff";

/** Embeddings, overrides and isolates, which change the direction of the text that follows (UAX #9). */
const bidiControls = "\\u202a-\\u202e\\u2066-\\u2069";

/**
 * One line of text that is stored unchanged and displayed as written: at least one visible character,
 * no control characters, lone surrogates or bidi controls. Characters are code points, as in JSON
 * Schema, and are counted before blanks at the ends are removed.
 */
export const Text = z
  .string()
  .regex(
    new RegExp(`^(?=[${invisible}]*[^${invisible}])[^\\p{Cc}\\p{Cs}${bidiControls}]{1,100}$`, "u"),
    {
      error:
        "must be 1 to 100 characters, at least one of them visible, without control characters and bidirectional controls (U+202A to U+202E, U+2066 to U+2069)",
    },
  )
  .trim();

const Tag = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
  error: "must be 1 to 32 of a-z, 0-9 and -, and not start with -",
});

/** Tags without duplicates, in the order given. */
export const Tags = z
  .array(Tag)
  .max(20)
  .overwrite((tags) => [...new Set(tags)]);

/** The representation of a pet. Timestamps are RFC 3339 in UTC, to the millisecond. */
export const Pet = z.object({
  id: PetId,
  name: Text,
  species: Species,
  breed: Text.optional(),
  birthDate: z.iso.date().optional(),
  tags: Tags,
  status: Status,
  ownerId: OwnerId,
  /** 1, 2, …: incremented by every write. */
  version: z.int().min(1),
  createdAt: z.iso.datetime({ precision: 3 }),
  updatedAt: z.iso.datetime({ precision: 3 }),
});
export type Pet = z.output<typeof Pet>;
