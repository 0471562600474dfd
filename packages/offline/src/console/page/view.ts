import type { Overview } from "../page-data.ts";

/** Properties of a view of the console. */
export interface ViewProps {
  overview: Overview;
  /** Id of the opened item. */
  open: string | undefined;
}
