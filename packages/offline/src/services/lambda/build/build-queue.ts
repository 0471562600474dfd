/** Runs builds, a few at a time, those somebody waits for first. */
export type BuildQueue = (build: () => Promise<void>, urgent: () => boolean) => Promise<void>;

/**
 * @param slots builds at a time. esbuild itself uses all cores, so few are enough.
 * @param events the first of some builds begins; none is left.
 */
export function createBuildQueue(
  slots: number,
  events: { onBusy(): void; onIdle(): void },
): BuildQueue {
  const waiting: { start: () => void; urgent: () => boolean }[] = [];
  let running = 0;

  function next() {
    if (running >= slots || waiting.length === 0) return;
    const urgent = waiting.findIndex((job) => job.urgent());
    const [job] = waiting.splice(Math.max(urgent, 0), 1);
    if (running === 0) events.onBusy();
    running++;
    job?.start();
  }

  return async (build, urgent) => {
    await new Promise<void>((start) => {
      waiting.push({ start, urgent });
      next();
    });
    try {
      await build();
    } finally {
      running--;
      next();
      if (running === 0) events.onIdle();
    }
  };
}
