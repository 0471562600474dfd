import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Denial, Permission } from "../authorization.ts";
import type { AwsError } from "./errors.ts";
import type { Answer } from "./forward.ts";

/** How the endpoint treats one AWS service. */
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
   * The rights that a call needs; none where it is no call that the service could understand.
   * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
   */
  needs(call: ServiceCall): Permission[];
  /** How the service words its refusal. SDKs get a `status` of 400 or 403, as the protocol has it. */
  accessDenied(denial: Denial): AwsError;
}

/** A call, for a service to say what rights it needs. */
export interface ServiceCall {
  operation: string;
  body: Buffer;
  path: string;
  /** The ARN of a resource of the service, in the app's region and account: `table/pets`. */
  arn: (resource: string) => string;
}

/** An emulator of its own answers. */
interface Emulated {
  /** Base URL of the emulator. */
  endpoint: string;
  /** What the runtime answers instead; undefined for all that the emulator shall answer. */
  instead?(request: RequestHead, body: Buffer): Promise<Answer | AwsError> | undefined;
}

/** A part of the runtime answers. */
interface InProcess {
  /**
   * @param caller the function that asks
   * @returns an `AwsError` to be sent in the form that the caller's SDK reads; a rejection is the
   *   service's `internalError`
   */
  answer(request: RequestHead, body: Buffer, caller: string): Promise<Answer | AwsError>;
}

/** What of a request is known besides its body. `url` is path and query. */
export type RequestHead = Pick<IncomingMessage, "method" | "url" | "headers">;
