import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Cause } from "../cause.ts";
import type { PetRecord } from "../pets/record.ts";

/** What a write did to a pet: made it (no `before`), changed it, or removed it (no `after`). */
export type PetChange = {
  /** Unique to this write, and the same whenever the stream delivers it again. */
  id: string;
  /** When DynamoDB recorded it: RFC 3339 in UTC, to the second. */
  at: string;
  /** What began it. Nobody can say that of a removal, nor of a write by other means than ours. */
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
 * Reads a record of the table's stream (`NEW_AND_OLD_IMAGES`).
 *
 * @returns nothing where the record is not of a pet
 */
export function changeOf({ eventID: id, dynamodb }: StreamRecord): PetChange | undefined {
  const { Keys, OldImage, NewImage, ApproximateCreationDateTime } = dynamodb;
  if (Keys.sk?.S !== "pet") return undefined;
  const before = OldImage && (unmarshall(OldImage) as PetRecord);
  const after = NewImage && (unmarshall(NewImage) as PetRecord);
  const at = new Date(ApproximateCreationDateTime * 1000).toISOString();
  const cause = Cause.safeParse(after?.cause).data;
  if (after) return { id, at, after, ...(before && { before }), ...(cause && { cause }) };
  if (before) return { id, at, before };
  throw new Error(`The stream record ${id} has no image of its pet.`);
}
