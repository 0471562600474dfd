import { formatDuration, formatTime, parseLogLine } from "../../console/page/format.ts";
import { type Column, List } from "../../console/page/list.tsx";
import { useResource } from "../../console/page/live-data.ts";
import { navigate } from "../../console/page/route.ts";
import { EmptyMessage, SplitView } from "../../console/page/split-view.tsx";
import type { ViewProps } from "../../console/page/view.ts";
import type { RecordedInvocation } from "../../runtime/history/records.ts";
import type { FunctionDetail, FunctionStatus } from "./panel-data.ts";

const orDash = (ms: number | undefined) => (ms === undefined ? "–" : formatDuration(ms));

const columns: Column<FunctionStatus>[] = [
  { title: "Function", cell: ({ name }) => name, kind: "wide" },
  {
    title: "Processes",
    cell: ({ warm, busy, starting }) => (
      <>
        {busy > 0 && <span class="badge busy">{busy} busy</span>}{" "}
        {starting > 0 && <span class="badge cold">{starting} starting</span>}{" "}
        {warm > 0 && <span class="badge warm">{warm} warm</span>}
        {busy + starting + warm === 0 && <span class="dim">none</span>}
      </>
    ),
  },
  { title: "Invocations", cell: ({ invocations }) => invocations, kind: "number titled" },
  { title: "Cold starts", cell: ({ coldStarts }) => coldStarts, kind: "number titled extra" },
  {
    title: "Errors",
    cell: ({ errors }) => <span class={errors > 0 ? "failed" : "dim"}>{errors}</span>,
    kind: "number titled",
  },
  { title: "p50", cell: ({ p50 }) => orDash(p50), kind: "number titled" },
  { title: "p99", cell: ({ p99 }) => orDash(p99), kind: "number titled" },
  {
    title: "Memory",
    cell: ({ usedMemoryMb, memoryMb }) =>
      usedMemoryMb ? `${usedMemoryMb} of ${memoryMb} MB` : `${memoryMb} MB`,
    kind: "number titled extra",
  },
];

const close = () => navigate({ view: "functions" });

/** The view of the functions: processes and statistics, with the invocations and log lines of the open one. */
export default function FunctionsView({ open }: ViewProps) {
  const { data = [], error } = useResource<FunctionStatus[]>("/api/functions", ["functions"]);
  return (
    <SplitView title={open} detail={open && <Detail name={open} />} onClose={close}>
      <List
        label="Functions"
        columns={columns}
        items={data}
        idOf={({ name }) => name}
        isOpen={({ name }) => name === open}
        onOpen={({ name }) => navigate({ view: "functions", open: name })}
        onClose={close}
      />
      {data.length === 0 && <EmptyMessage>{error ?? "The app has no functions."}</EmptyMessage>}
    </SplitView>
  );
}

function Detail({ name }: { name: string }) {
  const path = `/api/functions/${encodeURIComponent(name)}`;
  const { data, error } = useResource<FunctionDetail>(path, ["functions"]);
  if (!data) return <EmptyMessage>{error ?? "…"}</EmptyMessage>;
  const { invocations, lines } = data;
  if (invocations.length + lines.length === 0) return <EmptyMessage>Not invoked yet.</EmptyMessage>;
  return (
    <>
      <h3>Invocations</h3>
      <ul class="rows">
        {invocations.map((invocation) => (
          <InvocationRow key={invocation.requestId} invocation={invocation} />
        ))}
      </ul>
      <h3>Log</h3>
      <ol class="output">
        {lines.toReversed().map(({ at, text }) => {
          const { level = "", message, rest } = parseLogLine(text);
          return (
            <li key={`${at} ${text}`} class={level.toLowerCase()} title={rest}>
              <time>{formatTime(at)}</time> {level && <b>{level}</b>} {message}
            </li>
          );
        })}
      </ol>
    </>
  );
}

const InvocationRow = ({ invocation }: { invocation: RecordedInvocation }) => {
  const { at, source, ms, init, traceId, error } = invocation;
  return (
    <li>
      <time>{formatTime(at)}</time>
      <span class="badge">{source}</span>
      <span class={error ? "failed" : ""} title={error}>
        {error ? "failed" : "done"}
      </span>
      <span class="number">{formatDuration(ms)}</span>
      {init && <span class="badge cold">cold</span>}
      <a href={`#requests/${traceId}`} class="code">
        {traceId.slice(-8)}
      </a>
    </li>
  );
};
