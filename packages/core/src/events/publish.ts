import { Resource } from "sst";
import { send } from "../queue/send.ts";
import type { PetEvent } from "./event.ts";

/** Puts events on the notifications queue. When it throws, some may be there. */
export const publish = (events: PetEvent[]): Promise<void> =>
  send(Resource.SendNotifications.url, events);
