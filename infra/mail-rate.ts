/** Seconds of an invocation for everything but waiting: the cold start, the table, the last mail. */
const WORK_SECONDS = 25;

/** Seconds that an invocation may wait for its turns to send. */
const WAIT_SECONDS = 30;

/**
 * Divides a stage's mail rate among its workers.
 *
 * @returns the interval at which each worker sends, so that all of them together stay below
 *   `mailsPerSecond`; the largest batch, up to 10, whose mails can be sent within `WAIT_SECONDS`; and
 *   the function's timeout in seconds
 */
export function divideMailRate({
  mailsPerSecond,
  workers,
}: {
  mailsPerSecond: number;
  workers: number;
}) {
  const intervalSeconds = workers / mailsPerSecond;
  const batchSize = Math.max(1, Math.min(10, Math.floor(WAIT_SECONDS / intervalSeconds)));
  return {
    intervalMs: Math.ceil(intervalSeconds * 1000),
    batchSize,
    timeoutSeconds: Math.ceil(batchSize * intervalSeconds) + WORK_SECONDS,
  };
}
