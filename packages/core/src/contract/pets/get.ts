import * as z from "zod";
import { Pet, PetId } from "../../pets/pet.ts";
import { ETag, Preconditions } from "../headers.ts";
import { operation } from "../operation.ts";
import { routes } from "../routes.ts";

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
