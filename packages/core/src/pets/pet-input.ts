import * as z from "zod";
import { Pet, Species, Status, Tags, Text } from "./pet.ts";

const Email = z.email().max(254);
/** Personal data. Reads are public, so no response contains it. */
const personal = { writeOnly: true };

/** The fields that clients can set. */
const fields = {
  ...Pet.pick({ name: true, species: true, breed: true, birthDate: true, tags: true, status: true })
    .shape,
  ownerEmail: Email.optional().meta(personal),
};

/** The body of a POST. The default of `ownerEmail` is the address in the caller's token, if any. */
export const NewPet = z.strictObject({
  ...fields,
  tags: Tags.default([]),
  status: Status.default("available"),
});
export type NewPet = z.output<typeof NewPet>;

/** The body of a PUT: the whole representation. An absent `ownerEmail` leaves it unchanged. */
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
