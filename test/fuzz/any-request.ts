import fc from "fast-check";
import { type Described, operations } from "./document.ts";
import { misjudged, undocumented } from "./judge.ts";
import { type Request, requestFor } from "./requests.ts";
import { type Received, send } from "./send.ts";
import { type Api, authorizationOf } from "./senders.ts";
import { asHeader, wired } from "./wire.ts";

/** Requests that are under way together. */
export const AT_ONCE = 2;

/** What is there to be asked for, by the first segment of its path. */
class Pool {
  readonly #ids = new Map<string, string[]>();

  pick(path: string, index: number): string {
    const ids = this.#ids.get(kindOf(path)) ?? [];
    return ids[index % Math.max(1, ids.length)] ?? "00000000-0000-0000-0000-000000000000";
  }

  learn({ path, method }: Described, { status, body }: Received) {
    if (method !== "POST" || status >= 300) return;
    const known = this.#ids.get(kindOf(path)) ?? [];
    this.#ids.set(kindOf(path), [JSON.parse(body).id, ...known].slice(0, 20));
  }
}
const kindOf = (path: string) => path.split("/")[2] as string;

/** The documentation is large, and takes no more than a header. An import sets much else in motion. */
const weightOf = ({ name }: Described) =>
  /Docs|OpenApi|Health/.test(name) ? 1 : name === "createImport" ? 3 : 8;

/** Any requests: their answers are documented, and each is taken if and only if the document allows it. */
export function anyRequests(api: Api, onAnswer: (answer: Received) => void) {
  const pool = new Pool();
  const weighted = operations.map((operation) => ({
    weight: weightOf(operation),
    arbitrary: requestFor(operation),
  }));
  const requests = fc.array(fc.oneof(...weighted), { minLength: AT_ONCE, maxLength: AT_ONCE });

  return fc.asyncProperty(requests, async (all) => {
    const failures = await Promise.all(all.map((request) => failureOf(settled(request))));
    const failed = failures.find((failure) => failure !== undefined);
    if (failed) throw new Error(failed);
  });

  /** The request with every value as it will be sent. */
  function settled(request: Request): Request {
    const value = (one: Request["parameters"][number]) => {
      if (one.known !== undefined) return pool.pick(request.operation.path, one.known);
      return one.in === "header" ? asHeader(one.value) : one.value;
    };
    const parameters = request.parameters.map((one) => ({ ...one, value: value(one) }));
    return { ...request, parameters };
  }

  async function failureOf(request: Request): Promise<string | undefined> {
    const sent = wired(request, await authorizationOf(api, request.sender));
    const answer = await send(api.url, sent);
    onAnswer(answer);
    pool.learn(request.operation, answer);
    const wrong = [...undocumented(request, answer), ...misjudged(request, answer)];
    if (wrong.length === 0) return undefined;
    const shown = JSON.stringify({ ...sent, body: sent.body?.slice(0, 500) }, null, 2);
    return `${wrong.join("\n")}\n${shown}\n→ ${answer.status} ${answer.body.slice(0, 500)}`;
  }
}
