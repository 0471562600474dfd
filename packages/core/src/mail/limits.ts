import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { sha256 } from "../derived-id.ts";
import type { PetEvent } from "../events/pet-event.ts";
import { writeConditionally } from "../table/client.ts";
import type { Mail } from "./mail.ts";

/** Longer than any event that a counter contains can be delivered again. */
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** The daily limits: mails about the pets of one caller, and mails to one address. */
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
  // The owner of a pet is the caller who created it. Changes by an administrator count for the owner.
  if (!(await addToCounter(event, "caller", event.data.pet.ownerId, limits.caller)))
    return "caller";
  if (!(await addToCounter(event, "recipient", mailboxOf(to), limits.recipient)))
    return "recipient";
  return undefined;
}

/** Adds an event to a counter unless that is full. Returns whether the counter contains the event. */
async function addToCounter(
  { id, time }: PetEvent,
  kind: MailLimit,
  subject: string,
  limit: number,
): Promise<boolean> {
  const day = time.slice(0, 10);
  const conflict = await writeConditionally(
    new UpdateCommand({
      TableName: Resource.CountMails.name,
      Key: { pk: `mails#${day}#${kind}#${sha256(subject).toString("base64url")}`, sk: "count" },
      UpdateExpression: "ADD counted :ids SET expiresAt = :expiresAt",
      ConditionExpression:
        "attribute_not_exists(counted) OR size(counted) < :limit OR contains(counted, :id)",
      ExpressionAttributeValues: {
        ":id": id,
        ":ids": new Set([id]),
        ":limit": limit,
        ":expiresAt": Math.ceil(Date.parse(time) / 1000) + LIFETIME_SECONDS,
      },
    }),
  );
  return conflict === undefined;
}

/** The address without upper case and without a tag (`ann+pets@…`): most providers ignore both. */
const mailboxOf = (address: string) => address.toLowerCase().replace(/\+[^@]*/, "");
