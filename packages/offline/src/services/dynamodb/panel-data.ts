/** A table, as the console lists it. */
export interface TableStatus {
  name: string;
  arn: string;
  /** Keys of the table itself, where `index` is absent, and of its indexes. */
  keys: { index?: string; partition: string; sort?: string }[];
}

export interface ItemPage {
  items: Record<string, unknown>[];
  /** For the next page. */
  cursor?: string;
}
