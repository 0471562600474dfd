import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Denial, Permission } from "../authorization.ts";
import type { AwsError } from "./errors.ts";
import type { HttpResponse } from "./forward.ts";

/** Describes the API of one AWS service to the endpoint. */
export type ServiceApi = ServiceDescription & (Emulated | InProcess);

interface ServiceDescription {
  /** The name that requests are signed for: the service in a SigV4 credential scope. */
  name: string;
  /** The error code with which the service says that the fault is its own (HTTP 500). */
  internalError: string;
  /** The API operation that a request asks for, for example `GetItem`. REST protocols tell by the path. */
  operation(headers: IncomingHttpHeaders, path: string): string;
  /** What the operation is about, for example a table's name, where body or path cheaply tell. */
  resource(body: string, path: string): string | undefined;
  /**
   * Returns the permissions that a call requires; none if the service cannot parse the call.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
   */
  requiredPermissions(call: ServiceCall): Permission[];
  /** How the service words its refusal. SDKs get a `status` of 400 or 403, as the protocol has it. */
  accessDenied(denial: Denial): AwsError;
}

/** A call whose required permissions a service determines. */
export interface ServiceCall {
  operation: string;
  body: Buffer;
  path: string;
  /** The ARN of a resource of the service, in the app's region and account: `table/pets`. */
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
   * @param caller the function that asks
   * @returns an `AwsError` to be sent in the form that the caller's SDK reads; a rejection is the
   *   service's `internalError`
   */
  respond(request: RequestHead, body: Buffer, caller: string): Promise<HttpResponse | AwsError>;
}

/** What of a request is known besides its body. `url` is path and query. */
export type RequestHead = Pick<IncomingMessage, "method" | "url" | "headers">;
