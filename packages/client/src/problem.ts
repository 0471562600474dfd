import type { components } from "./schema.ts";

export type Problem = components["schemas"]["Problem"];
export type ProblemType = Problem["type"];

/** A response with an error status. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  /** The problem (RFC 9457). Absent in responses of the gateway. */
  readonly problem: Problem | undefined;
  readonly response: Response;

  constructor(response: Response, body: unknown) {
    const problem = isProblem(response) ? (body as Problem) : undefined;
    const message = (body as { message?: string } | undefined)?.message;
    super(problem ? `${problem.title}: ${problem.detail}` : (message ?? response.statusText));
    this.status = response.status;
    this.problem = problem;
    this.response = response;
  }

  /** Returns whether the problem has this type. */
  is(type: ProblemType): boolean {
    return this.problem?.type === type;
  }
}

const isProblem = ({ headers }: Response) =>
  headers.get("content-type")?.startsWith("application/problem+json") ?? false;

type Result = { data?: unknown; error?: unknown; response: Response };
type DataOf<R extends Result> = Extract<R, { error?: never }>["data"];

/**
 * Returns the data of a successful response: `const pet = await ok(client.GET("/api/pets/{id}", …))`.
 *
 * @throws ProblemError for any other response
 */
export async function ok<R extends Result>(result: Promise<R>): Promise<DataOf<R>> {
  const { data, error, response } = await result;
  if (!response.ok) throw new ProblemError(response, error);
  return data as DataOf<R>;
}
