import { catalogue, type ProblemType } from "./catalogue.ts";

/** One thing wrong with a request: where (a JSON Pointer into the body, or a parameter's name), and what. */
export type RequestError = { detail: string } & ({ pointer: string } | { parameter: string });

export interface ProblemOptions {
  errors?: RequestError[];
  /** Response headers that go with the problem, such as `Retry-After`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** Anything that ends a request without the answer hoped for. The adapter turns it into a response. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly errors: RequestError[] | undefined;
  readonly headers: Record<string, string>;

  /** @param detail what is wrong with this very request, for the client to read */
  constructor(type: ProblemType, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = "Problem";
    this.type = type;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return catalogue[this.type].status;
  }

  /** The `application/problem+json` body. */
  toBody(instance: string, requestId: string) {
    const { status, title } = catalogue[this.type];
    return {
      type: `/problems/${this.type}`,
      title,
      status,
      detail: this.message,
      instance,
      requestId,
      ...(this.errors && { errors: this.errors }),
    };
  }
}
