import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { isTombstone, type PetRecord, type StoredPet } from "../pets/pet-item.ts";
import { Cause } from "../trace-context.ts";

/** What a write did to a pet: made it (no `before`), changed it, or removed it (no `after`). */
export type PetChange = {
  /** Unique to this write, and the same whenever the stream delivers it again. */
  id: string;
  /** When a deletion happened, or else when DynamoDB recorded the write: RFC 3339 in UTC. */
  at: string;
  /** Trace context of the request that wrote it. Absent where something other than this API wrote. */
  cause?: Cause | undefined;
} & ({ before?: PetRecord; after: PetRecord } | { before: PetRecord; after?: undefined });

/**
 * The part of a stream record that we use, as DynamoDB and Lambda both write it.
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
 * Reads a record of the table's stream (`NEW_AND_OLD_IMAGES`). A tombstone counts as an absent pet.
 *
 * @returns nothing where the record is not of a pet, or only removes an expired tombstone
 */
export function changeOf({ eventID: id, dynamodb }: StreamRecord): PetChange | undefined {
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime } = dynamodb;
  if (Keys.sk?.S !== "pet") return undefined;
  const old = OldImage && (unmarshall(OldImage) as StoredPet);
  const current = NewImage && (unmarshall(NewImage) as StoredPet);
  if (!old && !current) throw new Error(`The stream record ${id} has no image of its pet.`);
  const before = old && !isTombstone(old) ? old : undefined;
  const after = current && !isTombstone(current) ? current : undefined;
  const cause = Cause.safeParse(current?.cause).data;
  const at =
    current && isTombstone(current)
      ? current.deletedAt
      : new Date(ApproximateCreationDateTime * 1000).toISOString();
  if (after) return { id, at, after, ...(before && { before }), ...(cause && { cause }) };
  return before && { id, at, before, ...(cause && { cause }) };
}
