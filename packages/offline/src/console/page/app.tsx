import { type ComponentType, render } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Overview } from "../page-data.ts";
import { ArchitectureView } from "./architecture.tsx";
import { Help } from "./help.tsx";
import { ItemsView } from "./items.tsx";
import { useKeys } from "./keys.ts";
import { connect, useLive, useResource } from "./live-data.ts";
import { RequestsView } from "./requests.tsx";
import { navigate, useRoute } from "./route.ts";
import type { ViewProps } from "./view.ts";

/** The views of the services' panels, by panel id. */
type PanelViews = Record<string, ComponentType<ViewProps>>;

interface View {
  id: string;
  title: string;
  View: ComponentType<ViewProps>;
}

/** Connects to the runtime, and renders the console. */
export function startPage(panelViews: PanelViews): void {
  connect();
  render(<App panelViews={panelViews} />, document.body);
}

/** Returns the views in the order of their number keys: requests, the services' panels, architecture. */
function listViews(overview: Overview | undefined, panelViews: PanelViews): View[] {
  return [
    { id: "requests", title: "Requests", View: RequestsView },
    ...(overview?.panels ?? []).map(({ id, title }) => ({
      id,
      title,
      View:
        panelViews[id] ?? ((props: ViewProps) => <ItemsView {...props} panel={{ id, title }} />),
    })),
    { id: "architecture", title: "Architecture", View: ArchitectureView },
  ];
}

function App({ panelViews }: { panelViews: PanelViews }) {
  const route = useRoute();
  const { connected, runtime } = useLive();
  const { data: overview } = useResource<Overview>(`/api/overview?run=${runtime ?? ""}`, ["mail"]);
  const help = useRef<HTMLDialogElement>(null);
  const views = useMemo(
    () => listViews(overview, panelViews),
    [JSON.stringify(overview?.panels), panelViews],
  );
  const current = views.find(({ id }) => id === route.view) ?? (views[0] as View);
  const { View } = current;

  useKeys({
    "?": () => help.current?.showModal(),
    "/": () => document.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
    ...Object.fromEntries(
      views.map(({ id }, index) => [String(index + 1), () => navigate({ view: id })]),
    ),
  });
  useEffect(() => {
    document.title = overview ? `${overview.app} · ${current.title}` : "Console";
  }, [overview, current]);

  return (
    <>
      <header>
        <h1>
          {overview?.app ?? "Console"} {overview && <small>{overview.stage}</small>}
        </h1>
        <nav aria-label="Views">
          {views.map(({ id, title }, index) => (
            <a key={id} href={`#${id}`} aria-current={id === current.id ? "page" : undefined}>
              {title} <kbd>{index + 1}</kbd>
            </a>
          ))}
        </nav>
        <p class={`state ${connected ? "on" : "off"}`} role="status">
          {connected ? "live" : "waiting for npm start"}
        </p>
        <button type="button" title="Keyboard shortcuts" onClick={() => help.current?.showModal()}>
          ?
        </button>
      </header>
      <main aria-label={current.title}>
        {overview ? (
          <View key={current.id} overview={overview} open={route.open} />
        ) : (
          <p class="empty">
            The app is not running. Start it with <code>npm start</code>.
          </p>
        )}
      </main>
      <Help dialog={help} />
    </>
  );
}
