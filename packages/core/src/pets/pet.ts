import * as z from "zod";

export const species = ["dog", "cat", "bird", "fish", "rabbit", "reptile", "other"] as const;
export const Species = z.enum(species);
export type Species = z.output<typeof Species>;

export const statuses = ["available", "pending", "adopted"] as const;
export const Status = z.enum(statuses);
export type Status = z.output<typeof Status>;

/** A UUID: read in any case, written in lower case (RFC 9562, section 4). */
export const PetId = z.uuid().toLowerCase();

/** Opaque to us: whoever issues the tokens chooses it. */
export const OwnerId = z.string().regex(/^[A-Za-z0-9._:|@+-]{1,128}$/);

/**
 * What shows nothing by itself, for a character class: blanks, controls, marks, fillers, and what is
 * ignored where it is not supported (Unicode's `Default_Ignorable_Code_Point`, in categories and
 * ranges, as few regex engines know it by name).
 */
const invisible =
  "\\s\\p{Z}\\p{Cc}\\p{Cf}\\p{M}\\u115f\\u1160\\u2065\\u2800\\u3164\\uffa0\\ufff0-\\ufff8\\udb40\\udc00-\\udb43\\udfff";

/** Embeddings, overrides and isolates, which change the direction of the text that follows (UAX #9). */
const bidiControls = "\\u202a-\\u202e\\u2066-\\u2069";

/**
 * One line of text that survives a round trip and shows what it says: no control characters, no lone
 * surrogates, no bidi controls, and something to see. Characters are counted as JSON Schema counts
 * them, by code point, and before blanks at the ends are cut off.
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

/** A set, in the order given. */
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
  /** 1, 2, …: every write makes the next one. */
  version: z.int().min(1),
  createdAt: z.iso.datetime({ precision: 3 }),
  updatedAt: z.iso.datetime({ precision: 3 }),
});
export type Pet = z.output<typeof Pet>;

const Email = z.email().max(254);
/** Personal data, while reads are public: no answer ever shows it. */
const personal = { writeOnly: true };

/** What a client may say about a pet. */
const fields = {
  ...Pet.pick({ name: true, species: true, breed: true, birthDate: true, tags: true, status: true })
    .shape,
  ownerEmail: Email.optional().meta(personal),
};

/** The body of a create. Without `ownerEmail` it is the one in the caller's token, if there is one. */
export const NewPet = z.strictObject({
  ...fields,
  tags: Tags.default([]),
  status: Status.default("available"),
});
export type NewPet = z.output<typeof NewPet>;

/** The body of a PUT: the whole representation. An absent `ownerEmail` leaves it as it is. */
export const PetReplacement = z.strictObject(fields);
export type PetReplacement = z.output<typeof PetReplacement>;

/** The body of a PATCH: a JSON merge patch (RFC 7396), in which `null` removes a member. */
export const PetPatch = z.strictObject({
  name: Text.optional(),
  species: Species.optional(),
  breed: Text.nullish(),
  birthDate: z.iso.date().nullish(),
  tags: Tags.nullish(),
  status: Status.optional(),
  ownerEmail: Email.nullish().meta(personal),
});
export type PetPatch = z.output<typeof PetPatch>;
