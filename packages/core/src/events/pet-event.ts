import * as z from "zod";
import { Pet, PetId } from "../pets/pet.ts";
import { type StoredPet, toPet } from "../pets/pet-item.ts";
import { CorrelationId } from "../trace-context.ts";
import type { PetChange } from "./pet-change.ts";

/** The types of events. A breaking change of an event's format gets a new version, `.v2`. */
export const PetEventType = z.enum([
  "petstore.pet.created.v1",
  "petstore.pet.updated.v1",
  "petstore.pet.adopted.v1",
  "petstore.pet.deleted.v1",
]);
export type PetEventType = z.output<typeof PetEventType>;

/**
 * An event, in the JSON format of CloudEvents 1.0
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md).
 * `source` and `subject` together are the pet's address.
 */
export const PetEvent = z.object({
  specversion: z.literal("1.0"),
  /** Unique to the write: an event that is delivered again has the same id. */
  id: z.string().min(1),
  source: z.literal("/api/pets"),
  type: PetEventType,
  subject: PetId,
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json"),
  /** An extension attribute: the correlation id of the originating request. */
  correlationid: CorrelationId.optional(),
  data: z.object({
    /** The pet after the write; a deleted pet before it. */
    pet: Pet,
    /** Personal data, only in events that send the owner a mail. */
    ownerEmail: z.email().optional(),
  }),
});
export type PetEvent = z.output<typeof PetEvent>;

/**
 * Returns the event of a change. An adoption is not an update too, and a pet that is created with the
 * status `adopted` is only created.
 */
export function toPetEvent({ id, at, before, after, traceContext }: PetChange): PetEvent {
  const type = typeOf(before, after);
  const pet = (after ?? before) as StoredPet;
  const email = isMailed(type, pet) ? pet.ownerEmail : undefined;
  return {
    specversion: "1.0",
    id,
    source: "/api/pets",
    type,
    subject: pet.id,
    time: after?.updatedAt ?? at,
    datacontenttype: "application/json",
    ...(traceContext && { correlationid: traceContext.correlationId }),
    data: { pet: toPet(pet), ...(email && { ownerEmail: email }) },
  };
}

function typeOf(before: StoredPet | undefined, after: StoredPet | undefined): PetEventType {
  if (!after) return "petstore.pet.deleted.v1";
  if (!before) return "petstore.pet.created.v1";
  return after.status === "adopted" && before.status !== "adopted"
    ? "petstore.pet.adopted.v1"
    : "petstore.pet.updated.v1";
}

/**
 * Returns whether the owner gets a mail about an event: a pet was created by a single request, or
 * adopted. One import can create thousands of pets, so it sends no mail: its caller polls the progress.
 */
const isMailed = (type: PetEventType, { origin }: StoredPet): boolean =>
  type === "petstore.pet.adopted.v1" || (type === "petstore.pet.created.v1" && origin !== "import");
