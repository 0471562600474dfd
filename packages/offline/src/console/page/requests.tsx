import { useState } from "preact/hooks";
import type { RecordedRequest } from "../../runtime/history/records.ts";
import type { Overview } from "../page-data.ts";
import { formatDuration, formatTime } from "./format.ts";
import { type Column, List } from "./list.tsx";
import { useLive } from "./live-data.ts";
import { navigate } from "./route.ts";
import { EmptyMessage, ErrorMessage, SplitView } from "./split-view.tsx";
import { Trace } from "./trace.tsx";
import type { ViewProps } from "./view.ts";

const columns: Column<RecordedRequest>[] = [
  { title: "Time", cell: ({ at }) => formatTime(at), kind: "code dim extra" },
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
  { title: "Duration", cell: ({ ms }) => formatDuration(ms), kind: "number" },
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

const getId = ({ traceId, id }: RecordedRequest) => traceId ?? id;

const toSearchText = ({
  method,
  path,
  status,
  functionName,
  cold,
  traceId,
  error,
}: RecordedRequest) =>
  [method, path, status, functionName, cold && "cold", traceId, error].join(" ").toLowerCase();

const close = () => navigate({ view: "requests" });

/** The recent requests, with the waterfall diagram of the open one. */
export function RequestsView({ overview, open }: ViewProps) {
  const { requests } = useLive();
  const [filter, setFilter] = useState("");
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = requests.filter((request) => {
    const text = toSearchText(request);
    return words.every((word) => text.includes(word));
  });
  const request = requests.find((one) => getId(one) === open);

  return (
    <SplitView
      title={request ? `${request.method} ${request.path}` : "Trace"}
      detail={open && <RequestDetail open={open} request={request} overview={overview} />}
      onClose={close}
    >
      <div class="tools">
        <input
          type="search"
          placeholder="Filter by path, status, function, trace id or cold"
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
          label="Requests, newest first"
          columns={columns}
          items={shown}
          idOf={({ id }) => id}
          isOpen={(one) => getId(one) === open}
          onOpen={(one) => navigate({ view: "requests", open: getId(one) })}
          onClose={close}
        />
      )}
      {requests.length === 0 && (
        <EmptyMessage>
          No requests yet. Send one: <code>curl {overview.urls[0] ?? ""}/…</code>
        </EmptyMessage>
      )}
      {requests.length > 0 && shown.length === 0 && (
        <EmptyMessage>No request matches the filter.</EmptyMessage>
      )}
    </SplitView>
  );
}

interface RequestDetailProps {
  overview: Overview;
  open: string;
  request: RecordedRequest | undefined;
}

function RequestDetail({ overview, open, request }: RequestDetailProps) {
  return (
    <>
      {request?.error && <ErrorMessage>{request.error}</ErrorMessage>}
      {request && !request.traceId ? (
        <EmptyMessage>
          The gateway responded with {request.status} without invoking a function.
        </EmptyMessage>
      ) : (
        <Trace id={open} overview={overview} />
      )}
    </>
  );
}
