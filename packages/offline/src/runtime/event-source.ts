import type { InvocationSource, Invoke } from "./invocation.ts";

/**
 * An event source mapping: Lambda polls a queue or a stream for a function.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export interface EventSourceMapping {
  name: string;
  /** ARN of a queue, or of a table's stream. */
  eventSourceArn: string;
  functionArn: string;
  enabled: boolean;
  batchSize: number;
  batchingWindowSeconds: number;
  /** Event filter patterns (JSON); a record that matches none of them is dropped. Empty: all pass. */
  filters: string[];
  /** `ReportBatchItemFailures`. */
  partialResponses: boolean;
  /** Queues: concurrent invocations. */
  maximumConcurrency?: number;
  /** Streams: where to start reading. */
  startingPosition?: "LATEST" | "TRIM_HORIZON";
  /** Streams; -1 means no limit. */
  maximumRetryAttempts: number;
  /** Streams; -1 means no limit. */
  maximumRecordAgeSeconds: number;
  /** Streams: split a batch that fails. */
  bisectOnError: boolean;
  /** Streams: ARN of the destination that receives a message about each batch given up. */
  onFailureArn?: string;
}

/** A queue or a stream that Lambda can poll. */
export interface EventSource {
  /** The actions that the function's role needs on the event source. */
  actions: string[];
  invocationSource: InvocationSource;
  /**
   * Starts polling.
   *
   * @throws {UserError} the mapping's configuration is invalid
   */
  poll(mapping: EventSourceMapping, invoke: Invoke): Poller | Promise<Poller>;
  /**
   * Invokes the mapping's function again with a batch that it gave up.
   *
   * @param message the message that the on-failure destination received
   * @throws {Error} the batch was not processed, and why
   */
  redeliver?(mapping: EventSourceMapping, message: string, invoke: Invoke): Promise<void>;
}

/** A running poller. */
export interface Poller {
  /** Takes no more records, and gives running invocations two seconds to complete. */
  close(): Promise<void>;
}
