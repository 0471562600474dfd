import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { isTombstone, parsePetItem, type StoredPet } from "../pets/pet-item.ts";
import type { TraceContext } from "../trace-context.ts";

/** A write of a pet: created (no `before`), changed, or deleted (no `after`). */
export type PetChange = {
  /** Unique to this write, and the same whenever the stream delivers it again. */
  id: string;
  /** The time of the deletion, or else when DynamoDB recorded the write: RFC 3339 in UTC. */
  at: string;
  /** Of the request that wrote it. Absent where something other than this API wrote. */
  traceContext?: TraceContext | undefined;
} & ({ before?: StoredPet; after: StoredPet } | { before: StoredPet; after?: undefined });

/**
 * The part of a stream record that this app uses, as DynamoDB and Lambda both write it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
export interface StreamRecord {
  eventID: string;
  dynamodb: {
    Keys: Image;
    OldImage?: Image;
    NewImage?: Image;
    /** Seconds since the epoch. */
    ApproximateCreationDateTime: number;
  };
}
type Image = Record<string, AttributeValue>;

/**
 * Parses a record of the table's stream (`NEW_AND_OLD_IMAGES`). A tombstone counts as an absent pet.
 *
 * @returns nothing when the record is not of a pet, or only removes an expired tombstone
 * @throws Error when an image is missing or is not a valid pet
 */
export function toPetChange({ eventID: id, dynamodb }: StreamRecord): PetChange | undefined {
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime } = dynamodb;
  if (Keys.sk?.S !== "pet") return undefined;
  const old = OldImage && parsePetItem(unmarshall(OldImage));
  const current = NewImage && parsePetItem(unmarshall(NewImage));
  if (!old && !current) throw new Error(`The stream record ${id} has no image of its pet.`);
  const before = old && !isTombstone(old) ? old : undefined;
  const after = current && !isTombstone(current) ? current : undefined;
  const traceContext = current?.cause;
  const at =
    current && isTombstone(current)
      ? current.deletedAt
      : new Date(ApproximateCreationDateTime * 1000).toISOString();
  if (after)
    return { id, at, after, ...(before && { before }), ...(traceContext && { traceContext }) };
  return before && { id, at, before, ...(traceContext && { traceContext }) };
}
