import { useState } from "preact/hooks";
import type { RecordedLine } from "../../runtime/history/records.ts";
import type { Bar, Overview, Waterfall } from "../page-data.ts";
import { formatDuration, formatTime, parseLogLine, shortenName } from "./format.ts";
import { useResource } from "./live-data.ts";
import { EmptyMessage } from "./split-view.tsx";

/** Marks on the time axis, as fractions of the trace's duration. */
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The waterfall diagram of a trace, with its log lines by time. */
export function Trace({ id, overview }: { id: string; overview: Overview }) {
  const { data, error } = useResource<Waterfall>(`/api/traces/${id}`, ["traces"]);
  if (!data) return <EmptyMessage>{error ?? "…"}</EmptyMessage>;
  const { at, ms, bars, lines } = data;
  return (
    <div class="waterfall">
      <p class="dim code">
        {id} · {formatTime(at)} · {formatDuration(ms)}
      </p>
      <div class="row axis" aria-hidden="true">
        <span />
        <div class="track">
          {TICKS.map((tick) => (
            <span key={tick} style={{ left: toPercent(tick) }}>
              {formatDuration(tick * ms)}
            </span>
          ))}
        </div>
      </div>
      <ol>
        {mergeRows(bars, lines).map((row) =>
          "text" in row ? (
            <LogLine key={`${row.at} ${row.text}`} line={row} waterfall={data} />
          ) : (
            <BarRow key={row.id} bar={row} waterfall={data} overview={overview} />
          ),
        )}
      </ol>
    </div>
  );
}

/** Inserts the log lines of each invocation between its bars, by time. */
function mergeRows(bars: Bar[], lines: RecordedLine[]): (Bar | RecordedLine)[] {
  const linesByInvocation = Map.groupBy(lines, ({ requestId }) => requestId ?? "");
  return bars.flatMap((bar, index) => {
    const invocationLines = linesByInvocation.get(bar.requestId ?? "") ?? [];
    const next = bars[index + 1];
    const isLast = next?.requestId !== bar.requestId;
    const due = invocationLines.filter(({ at }) => isLast || at < (next?.at ?? 0));
    invocationLines.splice(0, due.length);
    return [bar, ...due];
  });
}

const toPercent = (fraction: number) => `${fraction * 100}%`;

interface BarProps {
  bar: Bar;
  waterfall: Waterfall;
  overview: Overview;
}

function BarRow({ bar, waterfall, overview }: BarProps) {
  const { name, detail, depth, kind, at, ms, error } = bar;
  const left = (at - waterfall.at) / (waterfall.ms || 1);
  const width = ms / (waterfall.ms || 1);
  return (
    <li class="row" title={error}>
      <span class={`name ${kind}`} style={{ paddingLeft: `${depth * 0.9}rem` }}>
        {shortenName(name, overview)} {detail && <small>{shortenName(detail, overview)}</small>}
      </span>
      <div class="track">
        <div
          class={`bar ${kind} ${error ? "failed" : ""}`}
          style={{ left: toPercent(left), width: toPercent(width) }}
        />
        <small
          style={
            left + width > 0.8 ? { right: toPercent(1 - left) } : { left: toPercent(left + width) }
          }
        >
          {formatDuration(ms)}
        </small>
      </div>
      {error && <p class="error">{error}</p>}
    </li>
  );
}

function LogLine({ line, waterfall }: { line: RecordedLine; waterfall: Waterfall }) {
  const [isOpen, setOpen] = useState(false);
  const {
    level = line.stream === "platform" ? "" : line.stream,
    message,
    rest,
  } = parseLogLine(line.text);
  return (
    <li class={`row log ${level.toLowerCase()} ${isOpen ? "open" : ""}`}>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {level && <span class="level">{level}</span>} {message}
      </button>
      <div class="track">
        <i
          style={{ left: toPercent(Math.min((line.at - waterfall.at) / (waterfall.ms || 1), 1)) }}
        />
      </div>
      {isOpen && <pre>{rest ?? line.text}</pre>}
    </li>
  );
}
