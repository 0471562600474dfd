import type { RecordedLine, Span } from "../runtime/history/records.ts";
import type { ArchitectureEdge, ArchitectureNode } from "../runtime/panel.ts";

/** What the console's server sends to its page. Times are milliseconds, dates since the epoch. */
export interface Overview {
  /** Different after each start of the runtime. */
  runtime: string;
  app: string;
  stage: string;
  /** Base URLs of the APIs. */
  urls: string[];
  panels: PanelSummary[];
  nodes: DrawnNode[];
  edges: ArchitectureEdge[];
}

/** A service's panel; without `hasView` its items are listed. */
export interface PanelSummary {
  id: string;
  title: string;
  hasView: boolean;
}

export type DrawnNode = Pick<ArchitectureNode, "id" | "kind" | "name" | "link">;

/** A bar of a waterfall. */
export interface Bar extends Span {
  id: string;
  /** Levels of nesting above it. */
  depth: number;
  kind: "request" | "function" | "init" | "run" | "call" | "work";
  name: string;
  detail?: string;
  error?: string;
  /** Of the invocation. */
  requestId?: string;
}

export interface Waterfall extends Span {
  traceId: string;
  bars: Bar[];
  lines: RecordedLine[];
}
