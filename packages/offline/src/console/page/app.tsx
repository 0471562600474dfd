import { useEffect, useRef } from "preact/hooks";
import { TablesView } from "../../services/dynamodb/panel.tsx";
import { FunctionsView } from "../../services/lambda/panel.tsx";
import { MailView } from "../../services/ses/panel.tsx";
import { QueuesView } from "../../services/sqs/panel.tsx";
import type { Overview } from "../model.ts";
import { ArchitectureView } from "./architecture.tsx";
import { Help } from "./help.tsx";
import { useKeys } from "./keys.ts";
import { useAnswer, useLive } from "./live.ts";
import { RequestsView } from "./requests.tsx";
import { go, useRoute } from "./route.ts";

/** In the order of the number keys. */
const views = {
  requests: { title: "Requests", View: RequestsView },
  functions: { title: "Functions", View: FunctionsView },
  queues: { title: "Queues", View: QueuesView },
  mail: { title: "Mail", View: MailView },
  tables: { title: "Tables", View: TablesView },
  architecture: { title: "Architecture", View: ArchitectureView },
};

export interface ViewProps {
  overview: Overview;
  /** What is open, by its id. */
  open: string | undefined;
}

export function App() {
  const route = useRoute();
  const { connected, runtime } = useLive();
  const { content: overview } = useAnswer<Overview>(`/api/overview?run=${runtime ?? ""}`, ["mail"]);
  const help = useRef<HTMLDialogElement>(null);
  const names = Object.keys(views);
  const name = route.view in views ? (route.view as keyof typeof views) : "requests";
  const { View } = views[name];

  useKeys({
    "?": () => help.current?.showModal(),
    "/": () => document.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
    ...Object.fromEntries(names.map((view, index) => [String(index + 1), () => go({ view })])),
  });
  useEffect(() => {
    document.title = overview ? `${overview.app} · ${views[name].title}` : "Console";
  }, [overview, name]);

  return (
    <>
      <header>
        <h1>
          {overview?.app ?? "Console"} {overview && <small>{overview.stage}</small>}
        </h1>
        <nav aria-label="Views">
          {Object.entries(views).map(([view, { title }], index) => (
            <a key={view} href={`#${view}`} aria-current={view === name ? "page" : undefined}>
              {title} <kbd>{index + 1}</kbd>
            </a>
          ))}
        </nav>
        <p class={`state ${connected ? "on" : "off"}`} role="status">
          {connected ? "live" : "waiting for npm start"}
        </p>
        <button type="button" title="Keys" onClick={() => help.current?.showModal()}>
          ?
        </button>
      </header>
      <main aria-label={views[name].title}>
        {overview ? (
          <View key={name} overview={overview} open={route.open} />
        ) : (
          <p class="empty">
            The runtime is not running. Start it with <code>npm start</code>.
          </p>
        )}
      </main>
      <Help dialog={help} />
    </>
  );
}
