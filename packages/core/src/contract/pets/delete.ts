import * as z from "zod";
import { PetId } from "../../pets/pet.ts";
import { Preconditions } from "../headers.ts";
import { operation } from "../operation.ts";

export const deletePet = operation({
  method: "DELETE",
  path: "/api/pets/{id}",
  summary: "Delete a pet",
  params: z.object({ id: PetId }),
  headers: Preconditions,
  answers: { 204: { description: "The pet is gone" } },
  problems: ["not-found", "precondition-failed", "concurrent-change"],
});
