/** A queue, as the console lists it. */
export interface QueueStatus {
  name: string;
  arn: string;
  visible: number;
  inFlight: number;
  delayed: number;
  /**
   * The queues whose dead letters end here, and the functions whose event source mappings have it as
   * on-failure destination.
   */
  deadLettersOf: string[];
  /** Whether the console can redrive its messages. */
  canRedrive: boolean;
}

/** The result of a redrive. */
export interface Redriven {
  redriven: number;
  /** Why each of the other messages remains. */
  kept: string[];
}

export interface QueueMessage {
  id: string;
  body: string;
  /** Milliseconds since the epoch. */
  sentAt: number;
  receives: number;
  inFlight: boolean;
  attributes: Record<string, string>;
  traceId?: string;
}
