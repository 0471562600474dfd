import { setTimeout as sleep } from "node:timers/promises";
import { markWarm } from "@petstore/core/telemetry";

/** The event of the warmer. It is not a request: it appears in no log and no metric. */
export interface WarmPing {
  warm: true;
}

/**
 * Milliseconds that a ping keeps its instance busy, so that simultaneous pings reach different
 * instances: longer than they take to arrive, and short enough to cost little.
 */
const BUSY_MS = 100;

export const isWarmPing = (event: object): event is WarmPing => "warm" in event;

export const respondToWarmPing = () => {
  markWarm();
  return sleep(BUSY_MS, undefined);
};
