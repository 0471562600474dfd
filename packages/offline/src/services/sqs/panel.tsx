import { useState } from "preact/hooks";
import { formatTime, shortenName } from "../../console/page/format.ts";
import { useKeys } from "../../console/page/keys.ts";
import { type Column, List } from "../../console/page/list.tsx";
import { fetchJson, useResource } from "../../console/page/live-data.ts";
import { navigate } from "../../console/page/route.ts";
import { EmptyMessage, ErrorMessage, SplitView } from "../../console/page/split-view.tsx";
import type { ViewProps } from "../../console/page/view.ts";
import { plural } from "../../util/plural.ts";
import type { QueueMessage, QueueStatus, Redriven } from "./panel-data.ts";

const close = () => navigate({ view: "queues" });

/** The view of the queues: numbers of messages, with the messages of the open queue. */
export default function QueuesView({ overview, open }: ViewProps) {
  const { data = [], error } = useResource<QueueStatus[]>("/api/queues", ["queues"]);
  const short = (name: string) => shortenName(name, overview);
  const columns: Column<QueueStatus>[] = [
    { title: "Queue", cell: ({ name }) => short(name), kind: "wide" },
    {
      title: "Dead-letter queue of",
      cell: ({ deadLettersOf }) => deadLettersOf.map(short).join(", "),
      kind: "dim titled extra",
    },
    {
      title: "Waiting",
      cell: ({ visible, deadLettersOf }) => (
        <span class={visible > 0 && deadLettersOf.length > 0 ? "failed" : ""}>{visible}</span>
      ),
      kind: "number titled",
    },
    { title: "In flight", cell: ({ inFlight }) => inFlight, kind: "number titled" },
    { title: "Delayed", cell: ({ delayed }) => delayed, kind: "number titled" },
  ];
  const queue = data.find(({ name }) => name === open);
  return (
    <SplitView
      title={queue && short(queue.name)}
      detail={queue && <Messages key={queue.name} queue={queue} short={short} />}
      onClose={close}
    >
      <List
        label="Queues"
        columns={columns}
        items={data}
        idOf={({ name }) => name}
        isOpen={({ name }) => name === open}
        onOpen={({ name }) => navigate({ view: "queues", open: name })}
        onClose={close}
      />
      {data.length === 0 && <EmptyMessage>{error ?? "The app has no queues."}</EmptyMessage>}
    </SplitView>
  );
}

function Messages({ queue, short }: { queue: QueueStatus; short: (name: string) => string }) {
  const path = `/api/queues/${encodeURIComponent(queue.name)}`;
  const { data, error } = useResource<QueueMessage[]>(`${path}/messages`, ["queues"]);
  const [outcome, setOutcome] = useState<{ status: string; errors?: string[] }>();
  const canRedrive = queue.canRedrive && queue.visible > 0;

  async function redrive() {
    if (!canRedrive) return;
    setOutcome({ status: "…" });
    const { data, error } = await fetchJson<Redriven>(`${path}/redrive`, { method: "POST" });
    const { redriven = 0, kept = [error ?? ""] } = data ?? {};
    setOutcome({
      status: `${plural(redriven, "message")} redriven.`,
      errors: [...new Set(kept)],
    });
  }
  useKeys({ r: redrive });

  return (
    <>
      {queue.canRedrive && (
        <p class="tools">
          <button type="button" class="primary" disabled={!canRedrive} onClick={redrive}>
            Redrive to {queue.deadLettersOf.map(short).join(", ")}
          </button>
          <span role="status">{outcome?.status}</span>
        </p>
      )}
      {outcome?.errors?.map((reason) => (
        <ErrorMessage key={reason}>{reason}</ErrorMessage>
      ))}
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {data?.length === 0 && <EmptyMessage>The queue is empty.</EmptyMessage>}
      <ul class="messages">
        {data?.map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </ul>
    </>
  );
}

const Message = ({ message }: { message: QueueMessage }) => (
  <li>
    <p class="dim">
      <time>{formatTime(message.sentAt)}</time> · received {plural(message.receives, "time")}{" "}
      {message.inFlight && <span class="badge busy">in flight</span>}{" "}
      {message.traceId && <a href={`#requests/${message.traceId}`}>trace</a>}{" "}
      <span class="code">{message.id}</span>
    </p>
    <pre>{formatBody(message.body)}</pre>
    {Object.entries(message.attributes).map(([name, value]) => (
      <p key={name} class="code">
        <b>{name}</b> {value}
      </p>
    ))}
  </li>
);

function formatBody(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
