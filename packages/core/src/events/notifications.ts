import { Resource } from "sst";
import { sendMessages } from "../queue/send.ts";
import type { TraceContext } from "../trace-context.ts";
import type { PetChange } from "./pet-change.ts";
import { type PetEvent, toPetEvent } from "./pet-event.ts";

/**
 * Returns the event of a change, if its owner gets a mail about it. No other events go to the
 * notifications queue: it has one reader, and each message costs money. Another consumer of events
 * gets a separate queue or bus in publish-events.
 */
export function toNotification(change: PetChange): PetEvent | undefined {
  const event = toPetEvent(change);
  return event.data.ownerEmail ? event : undefined;
}

/** Sends events to the notifications queue. When it throws, the queue may have accepted some. */
export const publishEvents = (
  events: { task: PetEvent; traceContext?: TraceContext | undefined }[],
): Promise<void> =>
  sendMessages(
    Resource.SendNotifications.url,
    events.map(({ task, traceContext }) => ({ body: JSON.stringify(task), traceContext })),
  );
