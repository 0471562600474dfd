import fc from "fast-check";
import { type Described, operations } from "./document.ts";
import { misjudged, undocumented } from "./judge.ts";
import { type Request, requestFor } from "./requests.ts";
import { type Received, send } from "./send.ts";
import { type Api, authorizationOf } from "./senders.ts";
import { toHeaderValue, toWire } from "./wire.ts";

/** Simultaneous requests. */
export const AT_ONCE = 2;

/** Ids of created resources, by the first segment of their path. */
class IdPool {
  readonly #ids = new Map<string, string[]>();

  pick(path: string, index: number): string {
    const ids = this.#ids.get(kindOf(path)) ?? [];
    return ids[index % Math.max(1, ids.length)] ?? "00000000-0000-0000-0000-000000000000";
  }

  add({ path, method }: Described, { status, body }: Received) {
    if (method !== "POST" || status >= 300) return;
    const known = this.#ids.get(kindOf(path)) ?? [];
    this.#ids.set(kindOf(path), [JSON.parse(body).id, ...known].slice(0, 20));
  }
}
const kindOf = (path: string) => path.split("/")[2] as string;

/** Docs responses are large and depend only on a header, and imports cause much other work. */
const weightOf = ({ name }: Described) =>
  /Docs|OpenApi|Health/.test(name) ? 1 : name === "createImport" ? 3 : 8;

/** Checks for any requests that responses are documented, and that exactly the allowed ones succeed. */
export function anyRequests(api: Api, onResponse: (response: Received) => void) {
  const pool = new IdPool();
  const weighted = operations.map((operation) => ({
    weight: weightOf(operation),
    arbitrary: requestFor(operation),
  }));
  const requests = fc.array(fc.oneof(...weighted), { minLength: AT_ONCE, maxLength: AT_ONCE });

  return fc.asyncProperty(requests, async (all) => {
    const failures = await Promise.all(all.map((request) => failureOf(resolveValues(request))));
    const failed = failures.find((failure) => failure !== undefined);
    if (failed) throw new Error(failed);
  });

  /** Returns the request with the values that will be sent. */
  function resolveValues(request: Request): Request {
    const toValue = (one: Request["parameters"][number]) => {
      if (one.known !== undefined) return pool.pick(request.operation.path, one.known);
      return one.in === "header" ? toHeaderValue(one.value) : one.value;
    };
    const parameters = request.parameters.map((one) => ({ ...one, value: toValue(one) }));
    return { ...request, parameters };
  }

  async function failureOf(request: Request): Promise<string | undefined> {
    const sent = toWire(request, await authorizationOf(api, request.sender));
    const response = await send(api.url, sent);
    onResponse(response);
    pool.add(request.operation, response);
    const errors = [...undocumented(request, response), ...misjudged(request, response)];
    if (errors.length === 0) return undefined;
    const json = JSON.stringify({ ...sent, body: sent.body?.slice(0, 500) }, null, 2);
    return `${errors.join("\n")}\n${json}\n→ ${response.status} ${response.body.slice(0, 500)}`;
  }
}
