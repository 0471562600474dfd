/**
 * A mail that a function has sent. In a separate file because the console's page, which has no types of
 * Node, imports it.
 */
export interface Mail {
  messageId: string;
  /** When SES accepted it: RFC 3339, UTC. */
  at: string;
  /** Name of the sender. */
  functionName: string;
  from?: string | undefined;
  to: string[];
  cc?: string[] | undefined;
  bcc?: string[] | undefined;
  replyTo?: string[] | undefined;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  /** A complete MIME message. */
  raw?: string | undefined;
  template?: { name?: string | undefined; data?: string | undefined } | undefined;
  tags?: Record<string, string> | undefined;
}
