import type { IncomingHttpHeaders } from "node:http";

/** How the front door treats one AWS service. */
export interface Service {
  /** The name that requests are signed for: the service in a SigV4 credential scope. */
  name: string;
  /** Base URL of the emulator that answers. */
  endpoint: string;
  /** The error code with which the service says that the fault is its own (HTTP 500). */
  internalError: string;
  /** The API operation that a request asks for, for example `GetItem`. */
  operation(headers: IncomingHttpHeaders): string;
  /** What the operation is about, for example a table's name, where the body cheaply tells. */
  resource(body: string): string | undefined;
}
