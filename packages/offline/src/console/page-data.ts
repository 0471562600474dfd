import type { RecordedLine, Span } from "../runtime/history/records.ts";
import type { ArchitectureEdge, ArchitectureNode } from "../runtime/panel.ts";

/** The app, as the page shows it. Times are in milliseconds; points in time, since the epoch. */
export interface Overview {
  /** Id of this run of the runtime. */
  runtime: string;
  app: string;
  stage: string;
  /** Base URLs of the APIs. */
  urls: string[];
  panels: PanelSummary[];
  nodes: DrawnNode[];
  edges: ArchitectureEdge[];
}

/** A service's panel. Without `hasView`, the page lists its items. */
export interface PanelSummary {
  id: string;
  title: string;
  hasView: boolean;
}

export type DrawnNode = Pick<ArchitectureNode, "id" | "kind" | "name" | "link">;

/** A bar of a waterfall diagram. */
export interface Bar extends Span {
  id: string;
  /** Level of nesting; 0 for the outermost bars. */
  depth: number;
  kind: "request" | "function" | "init" | "run" | "call" | "work";
  name: string;
  detail?: string;
  error?: string;
  /** Request id of the invocation to which the bar belongs. */
  requestId?: string;
}

/** A trace as a waterfall diagram, with the log lines of its invocations. */
export interface Waterfall extends Span {
  traceId: string;
  bars: Bar[];
  lines: RecordedLine[];
}
