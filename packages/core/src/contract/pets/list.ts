import * as z from "zod";
import { OwnerId, Pet, Species, Status } from "../../pets/pet.ts";
import { operation } from "../operation.ts";
import { pageHeaders, paging } from "../paging.ts";
import { routes } from "../routes.ts";

export const listPets = operation({
  route: routes.listPets,
  summary: "List pets, newest first",
  query: z.strictObject({
    status: Status.optional(),
    species: Species.optional(),
    owner: OwnerId.optional(),
    ...paging,
  }),
  answers: {
    200: {
      description: "A page of pets; the last one has no `nextCursor`",
      body: z.object({ items: z.array(Pet), nextCursor: z.string().optional() }),
      headers: z.object(pageHeaders),
    },
  },
  problems: ["bad-cursor"],
});
