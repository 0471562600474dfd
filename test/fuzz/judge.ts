import { ajvOf } from "../support/openapi.ts";
import { type Described, document } from "./document.ts";
import type { Request } from "./requests.ts";
import type { Received } from "./send.ts";

const { compile } = ajvOf(document);

/** Headers that belong to HTTP and not to the operation. */
const OF_HTTP = ["connection", "content-length", "content-type", "date", "keep-alive"];

/** What is wrong with an answer: all that the document does not say of it. */
export function undocumented(
  { operation, isHead = false }: Pick<Request, "operation" | "isHead">,
  answer: Received,
): string[] {
  const described = operation.responses[answer.status];
  if (!described) return [`status ${answer.status} is not documented`];
  return [
    ...(answer.status >= 500 ? [`it is a ${answer.status}`] : []),
    ...headersOf(described, answer),
    ...contentOf(described, answer, isHead),
  ];
}

function headersOf({ headers }: Described["responses"][string], answer: Received): string[] {
  const described = Object.entries(headers).map(
    ([name, one]) => [name.toLowerCase(), one] as const,
  );
  const known = new Set([...OF_HTTP, ...described.map(([name]) => name)]);
  return [
    ...Object.keys(answer.headers)
      .filter((name) => !known.has(name))
      .map((name) => `header ${name} is not documented`),
    ...described.flatMap(([name, { required, schema }]) => {
      const value = answer.headers[name];
      if (value === undefined) return required ? [`header ${name} is missing`] : [];
      return compile(schema)(value).map((wrong) => `header ${name} ${wrong}`);
    }),
  ];
}

function contentOf(
  { content }: Described["responses"][string],
  answer: Received,
  isHead: boolean,
): string[] {
  if (!content || (isHead && answer.body !== ""))
    return answer.body === "" ? [] : ["a body is not documented"];
  const type = (answer.headers["content-type"] ?? "").split(";")[0] as string;
  const described = content[type];
  if (!described) return [`content type ${type} is not documented`];
  if (isHead) return [];
  const value = type.endsWith("json") ? JSON.parse(answer.body) : answer.body;
  return compile(described.schema)(value);
}

/** What may become of a request that is all right: it depends on what is there. */
const OF_STATE = [
  "not-owner",
  "not-found",
  "bad-cursor",
  "precondition-failed",
  "status-transition",
  "concurrent-change",
  "idempotency-key-reused",
];

/** What is wrong with the verdict: the document allows what was refused, or the other way round. */
export function misjudged(request: Request, answer: Received): string[] {
  const refusal = refusalOf(request);
  if (refusal && answer.status !== refusal && isProblem(answer)) {
    return [`a function answers with ${answer.status}, but its sender's token is a ${refusal}`];
  }
  const verdict = allows(request);
  const accepted = answer.status < 400;
  if (verdict === false && accepted) return ["it is accepted, but the document does not allow it"];
  // A response to HEAD does not say which problem it is.
  if (verdict !== true || accepted || request.isHead) return [];
  const { type = "no problem" } = JSON.parse(answer.body) as { type?: string };
  return OF_STATE.includes(type.split("/").at(-1) as string)
    ? []
    : [`it is refused (${type}), but the document allows it`];
}

const isProblem = ({ headers }: Received) => headers["content-type"] === "application/problem+json";

/** What the gateway must say to the sender of a request, before any function is asked. */
function refusalOf({ operation: { security }, sender: { user } }: Request): 401 | 403 | undefined {
  if (security.length === 0 || security.some(({ token }) => !token)) return undefined;
  if (!user) return 401;
  const granted = new Set(user.scope.split(" "));
  return security.some(({ token }) => token?.every((scope) => granted.has(scope)))
    ? undefined
    : 403;
}

/** A list is public, but for one's own, of which the document says so in words. */
const lacksToken = ({ parameters, sender }: Request) =>
  !sender.user && parameters.some(({ name, value }) => name === "owner" && value === "me");

/** Whether the document allows a request; undefined where it does not say. */
function allows(request: Request): boolean | undefined {
  const { operation, parameters, headers, mediaType, body } = request;
  if (refusalOf(request) || lacksToken(request)) return false;
  // Half a surrogate pair is a string to JSON Schema, and nothing that a URL can hold.
  if (headers.length > 0 || !parameters.every(({ value }) => value.isWellFormed())) {
    return undefined;
  }
  const all = operation.parameters.every(({ name, in: place, required, schema }) => {
    const given = parameters.find((one) => one.name === name && one.in === place);
    return given ? compile(schema)(parsed(given.value, schema)).length === 0 : !required;
  });
  return all && bodyIsAllowed(operation, mediaType, body);
}

/** A number comes as the text that JSON has for it. */
function parsed(value: string, schema: object): unknown {
  const isNumber = "type" in schema && schema.type === "integer";
  return isNumber && String(Number(value)) === value ? Number(value) : value;
}

function bodyIsAllowed({ body }: Described, type: string | undefined, sent: string | undefined) {
  if (!body || type === undefined || sent === undefined) return true;
  const mediaType = Object.keys(body.content).find((one) => one === type);
  // Case and parameters of media types are HTTP's matter.
  if (!mediaType) return /^application\/json\b/i.test(type) ? undefined : false;
  if (Buffer.byteLength(sent) > body.maxBytes) return false;
  if (mediaType === "application/x-ndjson") return undefined;
  try {
    const text = sent.replace(/^\ufeff/, "");
    return compile(body.content[mediaType]?.schema as object)(JSON.parse(text)).length === 0;
  } catch {
    return false;
  }
}
