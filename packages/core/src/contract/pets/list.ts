import * as z from "zod";
import { OwnerId, Pet, Species, Status } from "../../pets/pet.ts";
import { operation } from "../operation.ts";
import { pageHeaders, paging } from "../paging.ts";
import { routes } from "../routes.ts";

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
