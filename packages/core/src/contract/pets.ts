import * as z from "zod";
import {
  NewPet,
  OwnerId,
  Pet,
  PetId,
  PetPatch,
  PetReplacement,
  Species,
  Status,
} from "../pets/pet.ts";
import { ETag, IdempotencyKey, Preconditions, pageHeaders, paging } from "./fields.ts";
import { operation } from "./operation.ts";
import { routes } from "./routes.ts";

/** What may be wrong with changing a pet, whatever the change. */
export const changeProblems = [
  "not-authenticated",
  "not-found",
  "not-owner",
  "precondition-failed",
  "concurrent-change",
] as const;

export const createPet = operation({
  ...routes.createPet,
  summary: "Register a pet",
  description:
    "With an `Idempotency-Key`, a repeat returns the pet that the first request created. Once that pet has been deleted, the key stays used for 15 days: a repeat returns 409 `pet-deleted`.",
  headers: z.object({ "idempotency-key": IdempotencyKey.optional() }),
  body: { mediaTypes: ["application/json"], schema: NewPet },
  answers: {
    201: {
      description: "The pet, new or (with an `Idempotency-Key` seen before) as it is by now",
      body: Pet,
      headers: z.object({
        etag: ETag,
        location: z.string(),
        "idempotency-replayed": z.literal("true").optional(),
      }),
    },
  },
  problems: ["not-authenticated", "idempotency-key-reused", "pet-deleted"],
});

export const deletePet = operation({
  ...routes.deletePet,
  summary: "Delete a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  answers: { 204: { description: "The pet is gone" } },
  problems: changeProblems,
});

const headers = z.object({ etag: ETag, "cache-control": z.literal("no-cache") });

export const getPet = operation({
  ...routes.getPet,
  summary: "Read a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  answers: {
    200: { description: "The pet", body: Pet, headers },
    304: { description: "The client has this version already", headers },
  },
  problems: ["not-found", "precondition-failed"],
});

export const listPets = operation({
  ...routes.listPets,
  summary: "List pets, newest first",
  description:
    "Lists follow writes within moments. A pet that is in the list and keeps matching the filters is on exactly one page, whatever is written while you read the pages. A pet whose `status` or `species` changes meanwhile may be missing from a list with that filter, but is never on two pages.",
  /** Public as it is, it asks for a token all the same where the list is the caller's own. */
  headers: z.object({ authorization: z.string().optional() }),
  query: z.strictObject({
    status: Status.optional(),
    species: Species.optional(),
    /** `me`: whoever the bearer token was issued to. */
    owner: OwnerId.optional(),
    ...paging,
  }),
  answers: {
    200: {
      description: "A page of pets; the last one has no `nextCursor`",
      body: z.object({ items: z.array(Pet), nextCursor: z.string().optional() }),
      headers: z.object({
        ...pageHeaders,
        "cache-control": z.enum(["no-cache", "private, no-cache"]),
        vary: z.literal("authorization").optional(),
      }),
    },
  },
  problems: ["not-authenticated", "bad-cursor"],
});

export const patchPet = operation({
  ...routes.patchPet,
  summary: "Change a pet with a JSON merge patch (RFC 7396)",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  body: { mediaTypes: ["application/merge-patch+json", "application/json"], schema: PetPatch },
  answers: {
    200: { description: "The pet as it is now", body: Pet, headers: z.object({ etag: ETag }) },
  },
  problems: [...changeProblems, "status-transition"],
});

export const replacePet = operation({
  ...routes.replacePet,
  summary: "Replace what is known of a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  body: { mediaTypes: ["application/json"], schema: PetReplacement },
  answers: {
    200: { description: "The pet as it is now", body: Pet, headers: z.object({ etag: ETag }) },
  },
  problems: [...changeProblems, "status-transition"],
});
