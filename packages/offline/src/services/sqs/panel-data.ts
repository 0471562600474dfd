/** A queue, as the console lists it. */
export interface QueueStatus {
  name: string;
  arn: string;
  visible: number;
  inFlight: number;
  delayed: number;
  /**
   * Names of the queues that send their dead letters here, and of the functions whose event source
   * mappings have this queue as on-failure destination.
   */
  deadLettersOf: string[];
  /** Whether the console can redrive the messages. */
  canRedrive: boolean;
}

/** The result of a redrive. */
export interface Redriven {
  redriven: number;
  /** The reason for each message that was not redriven. */
  kept: string[];
}

/** A message, as the console shows it. */
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
