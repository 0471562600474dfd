import * as z from "zod";
import { OwnerId, Pet, Species, Status } from "../../pets/pet.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";

export const listPets = operation({
  route: routes.listPets,
  summary: "List pets, newest first",
  query: z.strictObject({
    status: Status.optional(),
    species: Species.optional(),
    owner: OwnerId.optional(),
    /** Pets on one page. */
    limit: z
      .string()
      .regex(/^[0-9]{1,9}$/, { error: "must be a whole number" })
      .transform(Number)
      .pipe(z.int().min(1).max(100))
      .default(20),
    /** `nextCursor` of the page before. */
    cursor: z.string().optional(),
  }),
  answers: {
    200: {
      description: "A page of pets; the last one has no `nextCursor`",
      body: z.object({ items: z.array(Pet), nextCursor: z.string().optional() }),
      headers: z.object({
        /** The next page (RFC 8288). */
        link: z.string().optional(),
        "cache-control": z.literal("no-cache"),
      }),
    },
  },
  problems: ["bad-cursor"],
});
