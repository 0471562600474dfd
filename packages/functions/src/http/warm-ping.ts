import { setTimeout as sleep } from "node:timers/promises";
import { warmed } from "@petstore/core/telemetry";

/** What the warmer sends. It is no request: neither logs nor metrics count it. */
export interface WarmPing {
  warm: true;
}

/**
 * Milliseconds that a ping keeps its instance busy, so that those sent with it need others: longer
 * than they take to arrive, short enough to cost nothing.
 */
const BUSY_MS = 100;

export const isWarmPing = (event: object): event is WarmPing => "warm" in event;

export const answerWarmPing = () => {
  warmed();
  return sleep(BUSY_MS, undefined);
};
