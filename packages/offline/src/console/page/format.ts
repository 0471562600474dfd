/** Formats a duration: `0 ms`, `0.42 ms`, `12 ms`, `1.24 s`. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

const TIME = new Intl.DateTimeFormat("en-GB", {
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false },
});

/** Formats a point in time as local time: `14:03:27.120`. */
export const formatTime = (at: number): string =>
  `${TIME.format(at)}.${String(Math.floor(at % 1000)).padStart(3, "0")}`;

/** Removes from a resource's name what SST adds: app and stage, the type, and a random suffix. */
export function shortenName(name: string, { app, stage }: { app: string; stage: string }): string {
  const [prefix, suffix] = [`${app}-${stage}-`, /-[a-z]{8}$/];
  if (!name.startsWith(prefix)) return name;
  return name
    .slice(prefix.length)
    .replace(suffix, "")
    .replace(/(.)(Queue|Table|Api|Schedule|Function)$/, "$1");
}

/** Parses a log line in JSON into its level, its message and the other fields. Other lines are a message. */
export function parseLogLine(text: string): { level?: string; message: string; rest?: string } {
  if (!text.startsWith("{")) return { message: text };
  try {
    const { level, message, timestamp: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
    // CloudWatch's embedded metric format.
    if (rest._aws) return { message: "metrics", rest: text };
    if (message === undefined) return { message: text };
    return {
      message: typeof message === "string" ? message : JSON.stringify(message),
      rest: JSON.stringify(rest),
      ...(typeof level === "string" && { level }),
    };
  } catch {
    return { message: text };
  }
}
