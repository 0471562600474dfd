import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Denial, Permission } from "../authorization.ts";
import type { AwsError } from "./errors.ts";
import type { HttpResponse } from "./forward.ts";

/** Describes the API of one AWS service to the endpoint. */
export type ServiceApi = ServiceDescription & (Emulated | InProcess);

interface ServiceDescription {
  /** The service in SigV4 credential scopes. */
  name: string;
  /** The service's error code for an internal error (HTTP 500). */
  internalError: string;
  /** Returns the API operation of a request, for example `GetItem`. REST protocols encode it in the path,
   * the Query protocol in the body. */
  operation(headers: IncomingHttpHeaders, path: string, body: Buffer): string;
  /** Returns the name of the operation's resource, for example a table, if it is cheap to find. */
  resource(body: string, path: string): string | undefined;
  /**
   * Returns the permissions that a call requires; none if the service cannot parse the call.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
   */
  requiredPermissions(call: ServiceCall): Permission[];
  /** Returns the service's error for a missing permission; the status, 400 or 403, depends on its protocol. */
  accessDenied(denial: Denial): AwsError;
}

/** A call whose required permissions a service determines. */
export interface ServiceCall {
  operation: string;
  body: Buffer;
  path: string;
  /** Returns the ARN of a resource, such as `table/pets`, in the app's region and account. */
  arn: (resource: string) => string;
}

/** A separate emulator responds. */
interface Emulated {
  /** Base URL of the emulator. */
  endpoint: string;
  /** Responds instead of the emulator; returns undefined for requests that the emulator responds to. */
  respondInstead?(request: RequestHead, body: Buffer): Promise<HttpResponse | AwsError> | undefined;
}

/** The service itself responds. */
interface InProcess {
  /**
   * @param caller logical name of the calling function
   * @returns an `AwsError` is sent in the protocol of the request; a rejection becomes the service's
   *   `internalError`
   */
  respond(request: RequestHead, body: Buffer, caller: string): Promise<HttpResponse | AwsError>;
}

/** A request without its body. `url` is path and query. */
export type RequestHead = Pick<IncomingMessage, "method" | "url" | "headers">;
