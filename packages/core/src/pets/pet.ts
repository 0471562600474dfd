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
 * One line of text that survives a round trip: no control characters, no lone surrogates. Characters
 * are counted as JSON Schema counts them, by code point, and before blanks at the ends are cut off.
 */
export const Text = z
  .string()
  .regex(/^(?=\s*\S)[^\p{Cc}\p{Cs}]{1,100}$/u, {
    error: "must be 1 to 100 characters, no control characters, and not all blank",
  })
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
