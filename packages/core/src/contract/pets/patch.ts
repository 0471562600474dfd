import * as z from "zod";
import { PetPatch } from "../../pets/input.ts";
import { Pet, PetId } from "../../pets/pet.ts";
import { ETag, Preconditions } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";
import { changeProblems } from "./problems.ts";

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
