import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { sha256 } from "../derived-id.ts";
import type { PetEvent } from "../events/pet-event.ts";
import { client, conflictOf } from "../table/client.ts";
import type { Mail } from "./mail.ts";

/** Counters outlive every redelivery of the events that they contain. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/** The two limits of a day: mails for the pets of one caller, and mails to one address. */
export type MailLimit = "caller" | "recipient";

/**
 * Counts the mail of an event against the limits of the event's day (UTC).
 *
 * A counter is the set of the events that it has counted. So an event counts once, however often it
 * is delivered, and one that was counted before a crash is still within the limit after it.
 *
 * @returns the limit that the mail would exceed, or nothing when it may be sent
 */
export async function countMail(event: PetEvent, { to }: Mail): Promise<MailLimit | undefined> {
  const { limits } = Resource.CountMails;
  // The owner of a pet is the caller who created it. What an administrator does counts for the owner.
  if (!(await count(event, "caller", event.data.pet.ownerId, limits.caller))) return "caller";
  if (!(await count(event, "recipient", mailboxOf(to), limits.recipient))) return "recipient";
  return undefined;
}

/** Adds an event to one counter, unless the counter is full. Returns whether the counter contains it. */
async function count(
  { id, time }: PetEvent,
  kind: MailLimit,
  whose: string,
  limit: number,
): Promise<boolean> {
  const day = time.slice(0, 10);
  const conflict = await conflictOf(
    client.send(
      new UpdateCommand({
        TableName: Resource.CountMails.name,
        Key: { pk: `mails#${day}#${kind}#${sha256(whose).toString("base64url")}`, sk: "count" },
        UpdateExpression: "ADD counted :ids SET expiresAt = :expiresAt",
        ConditionExpression:
          "attribute_not_exists(counted) OR size(counted) < :limit OR contains(counted, :id)",
        ExpressionAttributeValues: {
          ":id": id,
          ":ids": new Set([id]),
          ":limit": limit,
          ":expiresAt": Math.ceil(Date.parse(time) / 1000) + KEPT_SECONDS,
        },
      }),
    ),
  );
  return conflict === undefined;
}

/** The address without upper case and without a tag (`ann+pets@…`): most providers ignore both. */
const mailboxOf = (address: string) => address.toLowerCase().replace(/\+[^@]*/, "");
