import { type Described, operations } from "../document.ts";
import { undocumented } from "../judge.ts";
import { type Received, send } from "../send.ts";
import { authorizationOf } from "../senders.ts";
import type { Real } from "./model.ts";

// biome-ignore lint/suspicious/noExplicitAny: validated against its schema
type Json = any;

/** Sends a request whose result the model predicts. */
export async function call(
  { api, me, onResponse }: Real,
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
  const response = await send(api.url, {
    method: operation.method,
    target: operation.path.replace("{id}", id) + query,
    headers: [
      ["authorization", authorization],
      ...(body === undefined ? [] : [["content-type", merge] as [string, string]]),
      ...headers,
    ],
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  onResponse(response);
  const errors = undocumented({ operation }, response);
  if (errors.length > 0) throw new Error(`${name}: ${errors.join("\n")}\n→ ${response.body}`);
  return { ...response, json: response.body ? JSON.parse(response.body) : undefined };
}
