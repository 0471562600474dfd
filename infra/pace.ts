/** Seconds of an invocation that are left for what is not waiting: a start, the table, the last mail. */
const REST_SECONDS = 25;

/** Seconds that an invocation waits for its turns to send. */
const WAIT_SECONDS = 30;

/**
 * Returns how fast each of the workers sends, so that all of them together keep to the mails a second
 * that SES accepts, and the largest batch, up to ten, whose messages get their turn within
 * `WAIT_SECONDS`.
 */
export function paceOf({ mailsPerSecond, workers }: { mailsPerSecond: number; workers: number }) {
  const intervalSeconds = workers / mailsPerSecond;
  const batch = Math.max(1, Math.min(10, Math.floor(WAIT_SECONDS / intervalSeconds)));
  return {
    /** Milliseconds between two mails of one worker. */
    intervalMs: Math.ceil(intervalSeconds * 1000),
    batch,
    /** The timeout of the function. */
    seconds: Math.ceil(batch * intervalSeconds) + REST_SECONDS,
  };
}
