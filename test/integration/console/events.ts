import { onTestFinished } from "vitest";

/** Connects to a console's events until the end of the test. */
export async function listen(url: string) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${url}/api/events`, { signal: abort.signal });
  const messages: { event: string; data: unknown }[] = [];
  let arrived = Promise.withResolvers<void>();

  async function read() {
    let rest = "";
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, event = ""] = /^event: (.*)$/m.exec(block) ?? [];
        const [, data = "null"] = /^data: (.*)$/m.exec(block) ?? [];
        messages.push({ event, data: JSON.parse(data) });
      }
      arrived.resolve();
      arrived = Promise.withResolvers();
    }
  }
  const ended = read().catch(() => {});

  return {
    /** Resolves when the server has closed the connection. */
    ended,
    close: () => abort.abort(),
    /** Returns the data of the next event with this name; skips other events. */
    async next<Data = unknown>(event: string): Promise<Data> {
      for (;;) {
        const message = messages.shift();
        if (message?.event === event) return message.data as Data;
        if (!message) await arrived.promise;
      }
    },
  };
}
