import { type Offline, runtimeCommand } from "./offline.ts";

/** Starts a runtime whose heap can be asked for. */
export const inspectedCommand = runtimeCommand.toSpliced(1, 0, "--inspect=127.0.0.1:0");

/**
 * Megabytes that a runtime holds on to: its heap after all garbage has been collected. What the
 * system gives it is more, and depends on when that happens by itself.
 * https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/
 */
export async function heldMegabytes({ output }: Offline): Promise<number> {
  const [address = ""] = /ws:\S+/.exec(output()) ?? [];
  const inspector = new WebSocket(address);
  await new Promise((resolve, reject) => {
    inspector.onopen = resolve;
    inspector.onerror = reject;
  });
  const ask = (id: number, method: string) =>
    new Promise<{ usedSize?: number }>((resolve) => {
      inspector.onmessage = ({ data }) => resolve(JSON.parse(data).result);
      inspector.send(JSON.stringify({ id, method }));
    });
  await ask(1, "HeapProfiler.collectGarbage");
  const { usedSize = Number.NaN } = await ask(2, "Runtime.getHeapUsage");
  inspector.close();
  return usedSize / 1024 ** 2;
}
