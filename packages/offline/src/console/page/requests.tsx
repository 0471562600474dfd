import { useState } from "preact/hooks";
import type { RecordedRequest } from "../../runtime/history/records.ts";
import type { Overview } from "../model.ts";
import { clock, duration } from "./format.ts";
import { type Column, List } from "./list.tsx";
import { useLive } from "./live.ts";
import { go } from "./route.ts";
import { Empty, Problem, Split } from "./split.tsx";
import { Trace } from "./trace.tsx";
import type { ViewProps } from "./view.ts";

const columns: Column<RecordedRequest>[] = [
  { title: "Time", cell: ({ at }) => clock(at), kind: "code dim extra" },
  {
    title: "Method",
    cell: ({ method }) => <b class={`method ${method}`}>{method}</b>,
    kind: "lead",
  },
  { title: "Path", cell: ({ path }) => path, kind: "code wide" },
  {
    title: "Status",
    cell: ({ status }) => <span class={`status s${Math.floor(status / 100)}`}>{status}</span>,
    kind: "lead",
  },
  { title: "Duration", cell: ({ ms }) => duration(ms), kind: "number" },
  {
    title: "Function",
    cell: ({ functionName, cold }) => (
      <>
        {functionName ?? "–"} {cold && <span class="badge cold">cold</span>}
      </>
    ),
  },
  { title: "Trace", cell: ({ traceId }) => traceId?.slice(-8) ?? "–", kind: "code dim extra" },
];

const idOf = ({ traceId, id }: RecordedRequest) => traceId ?? id;

const textOf = ({ method, path, status, functionName, cold, traceId, error }: RecordedRequest) =>
  [method, path, status, functionName, cold && "cold", traceId, error].join(" ").toLowerCase();

const close = () => go({ view: "requests" });

/** The requests of late, and the waterfall of one. */
export function RequestsView({ overview, open }: ViewProps) {
  const { requests } = useLive();
  const [filter, setFilter] = useState("");
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = requests.filter((request) => {
    const text = textOf(request);
    return words.every((word) => text.includes(word));
  });
  const request = requests.find((one) => idOf(one) === open);

  return (
    <Split
      title={request ? `${request.method} ${request.path}` : "Trace"}
      detail={open && <Opened open={open} request={request} overview={overview} />}
      onClose={close}
    >
      <div class="tools">
        <input
          type="search"
          placeholder="Filter: a path, 500, cold, a function, a trace …"
          aria-label="Filter requests"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <span class="dim">
          {shown.length} of {requests.length}
        </span>
      </div>
      {shown.length > 0 && (
        <List
          label="Requests, the newest first"
          columns={columns}
          items={shown}
          idOf={({ id }) => id}
          isOpen={(one) => idOf(one) === open}
          onOpen={(one) => go({ view: "requests", open: idOf(one) })}
          onClose={close}
        />
      )}
      {requests.length === 0 && (
        <Empty>
          No requests yet. Send one: <code>curl {overview.urls[0] ?? ""}/…</code>
        </Empty>
      )}
      {requests.length > 0 && shown.length === 0 && <Empty>No request matches the filter.</Empty>}
    </Split>
  );
}

interface OpenedProps {
  overview: Overview;
  open: string;
  request: RecordedRequest | undefined;
}

function Opened({ overview, open, request }: OpenedProps) {
  return (
    <>
      {request?.error && <Problem>{request.error}</Problem>}
      {request && !request.traceId ? (
        <Empty>The gateway responded with {request.status} itself and invoked no function.</Empty>
      ) : (
        <Trace id={open} overview={overview} />
      )}
    </>
  );
}
