import { render } from "preact";
import { App, type PanelViews } from "./app.tsx";
import { connect } from "./live.ts";

/** Starts the page. */
export function startPage(panelViews: PanelViews): void {
  connect();
  render(<App panelViews={panelViews} />, document.body);
}
