import * as z from "zod";
import { NewPet } from "../../pets/input.ts";
import { Pet } from "../../pets/pet.ts";
import { ETag, IdempotencyKey } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";

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
