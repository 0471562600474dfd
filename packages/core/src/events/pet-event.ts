import * as z from "zod";
import { Pet, PetId } from "../pets/pet.ts";
import { type PetRecord, toPet } from "../pets/pet-item.ts";
import { CorrelationId } from "../trace-context.ts";
import type { PetChange } from "./pet-change.ts";

/** What can happen to a pet. A breaking change of an event's form gets a new version, `.v2`. */
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
  /** Unique to what happened: an event that comes again has the same. */
  id: z.string().min(1),
  source: z.literal("/api/pets"),
  type: PetEventType,
  subject: PetId,
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json"),
  /** An extension attribute: of the request that began it. */
  correlationid: CorrelationId.optional(),
  data: z.object({
    /** The pet right after it happened; of a deleted one, right before. */
    pet: Pet,
    /** Personal data: only in events that the owner is told of, and only for telling them. */
    ownerEmail: z.email().optional(),
  }),
});
export type PetEvent = z.output<typeof PetEvent>;

/** The event that a write was. An adoption is no update as well, and a pet born adopted was created. */
export function toEvent({ id, at, before, after, cause }: PetChange): PetEvent {
  const type = typeOf(before, after);
  const record = (after ?? before) as PetRecord;
  const email = isMailed(type, record) ? record.ownerEmail : undefined;
  return {
    specversion: "1.0",
    id,
    source: "/api/pets",
    type,
    subject: record.id,
    time: after?.updatedAt ?? at,
    datacontenttype: "application/json",
    ...(cause && { correlationid: cause.correlationId }),
    data: { pet: toPet(record), ...(email && { ownerEmail: email }) },
  };
}

function typeOf(before: PetRecord | undefined, after: PetRecord | undefined): PetEventType {
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
const isMailed = (type: PetEventType, { origin }: PetRecord): boolean =>
  type === "petstore.pet.adopted.v1" || (type === "petstore.pet.created.v1" && origin !== "import");

/**
 * The event that a write was, if there is an owner to tell of it. No others go to the notifications
 * queue: it has one reader, and what that would only throw away is not worth its price. (Whoever
 * else wants to hear of pets gets a queue, or a bus, of their own in publish-events.)
 */
export function toNotification(change: PetChange): PetEvent | undefined {
  const event = toEvent(change);
  return event.data.ownerEmail ? event : undefined;
}
