/** A mail that an app has sent. Of `text`, `html`, `raw` and `template`, those that were given. */
export interface Mail {
  messageId: string;
  /** When it was accepted: RFC 3339, UTC. */
  at: string;
  /** The function that sent it. */
  functionName: string;
  from?: string | undefined;
  to: string[];
  cc?: string[] | undefined;
  bcc?: string[] | undefined;
  replyTo?: string[] | undefined;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  /** A whole MIME message. */
  raw?: string | undefined;
  template?: { name?: string | undefined; data?: string | undefined } | undefined;
  tags?: Record<string, string> | undefined;
}
