/** A view of the console that shows a service. */
export interface Panel {
  /** In addresses and in `changed` events, for example `queues`. */
  id: string;
  title: string;
  /**
   * Module of the view, a Preact component as default export. Without it, the console lists what
   * `listItems` returns, with a column for each member of the first item.
   */
  view?: URL;
  listItems?(): PanelItem[] | Promise<PanelItem[]>;
  /** Routes of the console's JSON API for the view, such as `GET /api/queues/:name/messages`. */
  routes?: Record<string, PanelHandler>;
}

export type PanelItem = Record<string, string | number | boolean>;

/**
 * Responds to a request of the console's page; the result is sent as JSON.
 *
 * @param parameters of the path
 * @throws {HttpError} with the status to respond with
 */
export type PanelHandler = (parameters: Record<string, string>, query: unknown) => unknown;

/** What a service adds to the drawing of the app's architecture. */
export interface Architecture {
  nodes: ArchitectureNode[];
  edges: ArchitectureEdge[];
}

export interface ArchitectureNode {
  /** The ARN, or the id in the graph where there is none. */
  id: string;
  /** The kind of the resource, which selects the colour in `console/page/style/architecture.css`: `api`, `function`, `table`, … */
  kind: string;
  name: string;
  /** Address of what the console shows about it, for example `queues` or `queues/<name>`. */
  link: string;
  /** Its current state in a few words, for example `3 waiting`. */
  note: string;
  /** Texts whose presence in a function's configuration means that the function uses this resource. */
  references?: string[];
  /** A function's configuration, to be searched for `references`. */
  configuration?: string;
}

export interface ArchitectureEdge {
  from: string;
  to: string;
  /** `dead`: failures go there. `call`: seen while the app ran, or configured. */
  kind: "route" | "source" | "dead" | "call";
}
