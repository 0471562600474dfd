import * as z from "zod";
import { PetReplacement } from "../../pets/input.ts";
import { Pet, PetId } from "../../pets/pet.ts";
import { ETag, Preconditions } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";
import { changeProblems } from "./problems.ts";

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
