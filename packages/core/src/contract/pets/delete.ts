import * as z from "zod";
import { PetId } from "../../pets/pet.ts";
import { Preconditions } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";
import { changeProblems } from "./problems.ts";

export const deletePet = operation({
  ...routes.deletePet,
  summary: "Delete a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  answers: { 204: { description: "The pet is gone" } },
  problems: changeProblems,
});
