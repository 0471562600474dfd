import { Resource } from "sst";
import { send } from "../queue/send.ts";
import type { Cause } from "../trace-context.ts";
import type { PetEvent } from "./pet-event.ts";

/** Puts events on the notifications queue, each with what began it. When it throws, some may be there. */
export const publish = (events: { task: PetEvent; cause?: Cause | undefined }[]): Promise<void> =>
  send(
    Resource.SendNotifications.url,
    events.map(({ task, cause }) => ({ content: task, cause })),
  );
