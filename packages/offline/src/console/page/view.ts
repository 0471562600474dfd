import type { Overview } from "../page-data.ts";

/** The properties of a view. */
export interface ViewProps {
  overview: Overview;
  /** Id of the opened item. */
  open: string | undefined;
}
