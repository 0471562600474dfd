import * as z from "zod";
import { OwnerId, Pet, PetId, Species, Status } from "../pets/pet.ts";
import { NewPet, PetPatch, PetReplacement } from "../pets/pet-input.ts";
import { ETag, IdempotencyKey, Preconditions } from "./headers.ts";
import { defineOperation } from "./operation.ts";
import { pageHeaders, paging } from "./paging.ts";
import { routes } from "./routes.ts";

/** The problems of every operation that changes a pet. */
export const changeProblems = [
  "not-authenticated",
  "not-found",
  "not-owner",
  "precondition-failed",
  "concurrent-change",
] as const;

export const createPet = /* @__PURE__ */ defineOperation(() => ({
  ...routes.createPet,
  summary: "Create a pet",
  description:
    "With an `Idempotency-Key`, a repeat returns the pet that the first request created. After that pet has been deleted, a repeat returns 409 `pet-deleted` for 15 days.",
  headers: z.object({ "idempotency-key": IdempotencyKey.optional() }),
  body: { mediaTypes: ["application/json"], schema: NewPet },
  responses: {
    201: {
      description:
        "The new pet, or (if the `Idempotency-Key` was used before) the existing one in its current state",
      body: Pet,
      headers: z.object({
        etag: ETag,
        location: z.string(),
        "idempotency-replayed": z.literal("true").optional(),
      }),
    },
  },
  problems: ["not-authenticated", "idempotency-key-reused", "pet-deleted"],
}));

export const deletePet = /* @__PURE__ */ defineOperation(() => ({
  ...routes.deletePet,
  summary: "Delete a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  responses: { 204: { description: "The pet is deleted" } },
  problems: changeProblems,
}));

const headers = z.object({ etag: ETag, "cache-control": z.literal("no-cache") });

export const getPet = /* @__PURE__ */ defineOperation(() => ({
  ...routes.getPet,
  summary: "Read a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  responses: {
    200: { description: "The pet", body: Pet, headers },
    304: { description: "The client's version is current", headers },
  },
  problems: ["not-found", "precondition-failed"],
}));

export const listPets = /* @__PURE__ */ defineOperation(() => ({
  ...routes.listPets,
  summary: "List pets, newest first",
  description:
    "Lists follow writes within moments. A pet that matches the filters all the time is on exactly one page, whatever is written while you read the pages. A pet whose `status` or `species` changes meanwhile may be missing from a list with that filter, but is never on two pages.",
  /** The operation is public, but `owner=me` requires a token. */
  headers: z.object({ authorization: z.string().optional() }),
  query: z.strictObject({
    status: Status.optional(),
    species: Species.optional(),
    /** `me`: the `sub` of the bearer token. */
    owner: OwnerId.optional(),
    ...paging,
  }),
  responses: {
    200: {
      description: "A page of pets. The last page has no `nextCursor`",
      body: z.object({ items: z.array(Pet), nextCursor: z.string().optional() }),
      headers: z.object({
        ...pageHeaders,
        "cache-control": z.enum(["no-cache", "private, no-cache"]),
        vary: z.literal("authorization").optional(),
      }),
    },
  },
  problems: ["not-authenticated", "bad-cursor"],
}));

export const patchPet = /* @__PURE__ */ defineOperation(() => ({
  ...routes.patchPet,
  summary: "Change fields of a pet with a JSON merge patch (RFC 7396)",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  body: { mediaTypes: ["application/merge-patch+json", "application/json"], schema: PetPatch },
  responses: {
    200: {
      description: "The pet in its current state",
      body: Pet,
      headers: z.object({ etag: ETag }),
    },
  },
  problems: [...changeProblems, "status-transition"],
}));

export const replacePet = /* @__PURE__ */ defineOperation(() => ({
  ...routes.replacePet,
  summary: "Replace a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  body: { mediaTypes: ["application/json"], schema: PetReplacement },
  responses: {
    200: {
      description: "The pet in its current state",
      body: Pet,
      headers: z.object({ etag: ETag }),
    },
  },
  problems: [...changeProblems, "status-transition"],
}));
