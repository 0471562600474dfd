import { type Described, operations } from "../document.ts";
import { undocumented } from "../judge.ts";
import { type Received, send } from "../send.ts";
import { authorizationOf } from "../senders.ts";
import type { Real } from "./model.ts";

// biome-ignore lint/suspicious/noExplicitAny: judged by its schema already
type Json = any;

/** Sends a request of which the model knows what must come of it. */
export async function call(
  { api, me, onAnswer }: Real,
  name: string,
  {
    id = "",
    query = "",
    headers = [] as [string, string][],
    body = undefined as unknown,
    user = me,
  } = {},
): Promise<Received & { json: Json }> {
  const operation = operations.find((one) => one.name === name) as Described;
  const merge = name === "patchPet" ? "application/merge-patch+json" : "application/json";
  const authorization = (await authorizationOf(api, { user })) as string;
  const answer = await send(api.url, {
    method: operation.method,
    target: operation.path.replace("{id}", id) + query,
    headers: [
      ["authorization", authorization],
      ...(body === undefined ? [] : [["content-type", merge] as [string, string]]),
      ...headers,
    ],
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  onAnswer(answer);
  const wrong = undocumented({ operation }, answer);
  if (wrong.length > 0) throw new Error(`${name}: ${wrong.join("\n")}\n→ ${answer.body}`);
  return { ...answer, json: answer.body ? JSON.parse(answer.body) : undefined };
}
