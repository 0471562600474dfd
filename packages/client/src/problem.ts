import type { components } from "./schema.ts";

export type Problem = components["schemas"]["Problem"];
export type ProblemType = Problem["type"];

/** An answer that is not the one hoped for. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  /** The problem (RFC 9457); absent where the gateway answered by itself. */
  readonly problem: Problem | undefined;
  readonly response: Response;

  constructor(response: Response, body: unknown) {
    const problem = isProblem(response) ? (body as Problem) : undefined;
    const said = (body as { message?: string } | undefined)?.message;
    super(problem ? `${problem.title}: ${problem.detail}` : (said ?? response.statusText));
    this.status = response.status;
    this.problem = problem;
    this.response = response;
  }

  /** Whether it is a problem of this type. */
  is(type: ProblemType): boolean {
    return this.problem?.type === type;
  }
}

const isProblem = ({ headers }: Response) =>
  headers.get("content-type")?.startsWith("application/problem+json") ?? false;

type Answer = { data?: unknown; error?: unknown; response: Response };
type DataOf<A extends Answer> = Extract<A, { error?: never }>["data"];

/**
 * What was asked for: `const pet = await ok(client.GET("/api/pets/{id}", …))`.
 *
 * @throws ProblemError for every status but 2xx
 */
export async function ok<A extends Answer>(answer: Promise<A>): Promise<DataOf<A>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ProblemError(response, error);
  return data as DataOf<A>;
}
