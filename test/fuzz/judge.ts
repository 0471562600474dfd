import { ajvOf } from "../support/openapi.ts";
import { type Described, document } from "./document.ts";
import type { Request } from "./requests.ts";
import type { Received } from "./send.ts";

const { compile } = ajvOf(document);

/** Headers of HTTP, which operations do not document. */
const OF_HTTP = ["connection", "content-length", "content-type", "date", "keep-alive"];

/** Returns the parts of a response that the document does not describe. */
export function undocumented(
  { operation, isHead = false }: Pick<Request, "operation" | "isHead">,
  response: Received,
): string[] {
  const described = operation.responses[response.status];
  if (!described) return [`status ${response.status} is not documented`];
  return [
    ...(response.status >= 500 ? [`it is a ${response.status}`] : []),
    ...headersOf(described, response),
    ...contentOf(described, response, isHead),
  ];
}

function headersOf({ headers }: Described["responses"][string], response: Received): string[] {
  const described = Object.entries(headers).map(
    ([name, one]) => [name.toLowerCase(), one] as const,
  );
  const known = new Set([...OF_HTTP, ...described.map(([name]) => name)]);
  return [
    ...Object.keys(response.headers)
      .filter((name) => !known.has(name))
      .map((name) => `header ${name} is not documented`),
    ...described.flatMap(([name, { required, schema }]) => {
      const value = response.headers[name];
      if (value === undefined) return required ? [`header ${name} is missing`] : [];
      return compile(schema)(value).map((error) => `header ${name} ${error}`);
    }),
  ];
}

function contentOf(
  { content }: Described["responses"][string],
  response: Received,
  isHead: boolean,
): string[] {
  if (!content || (isHead && response.body !== ""))
    return response.body === "" ? [] : ["a body is not documented"];
  const type = (response.headers["content-type"] ?? "").split(";")[0] as string;
  const described = content[type];
  if (!described) return [`content type ${type} is not documented`];
  if (isHead) return [];
  const value = type.endsWith("json") ? JSON.parse(response.body) : response.body;
  return compile(described.schema)(value);
}

/** The problems of valid requests: they depend on the stored state. */
const OF_STATE = [
  "not-owner",
  "not-found",
  "bad-cursor",
  "precondition-failed",
  "status-transition",
  "concurrent-change",
  "idempotency-key-reused",
];

/** Returns an error if a request succeeded that the document does not allow, or the other way round. */
export function misjudged(request: Request, response: Received): string[] {
  const refusal = refusalOf(request);
  if (refusal && response.status !== refusal && isProblem(response)) {
    return [
      `a function responds with ${response.status}, but the gateway must respond ${refusal} to this token`,
    ];
  }
  const verdict = isAllowed(request);
  const isAccepted = response.status < 400;
  if (verdict === false && isAccepted)
    return ["it is accepted, but the document does not allow it"];
  // A response to HEAD has no body that names the problem.
  if (verdict !== true || isAccepted || request.isHead) return [];
  const { type = "no problem" } = JSON.parse(response.body) as { type?: string };
  return OF_STATE.includes(type.split("/").at(-1) as string)
    ? []
    : [`it is refused (${type}), but the document allows it`];
}

const isProblem = ({ headers }: Received) => headers["content-type"] === "application/problem+json";

/** Returns the status with which the gateway must refuse the sender of a request. */
function refusalOf({ operation: { security }, sender: { user } }: Request): 401 | 403 | undefined {
  if (security.length === 0 || security.some(({ token }) => !token)) return undefined;
  if (!user) return 401;
  const granted = new Set(user.scope.split(" "));
  return security.some(({ token }) => token?.every((scope) => granted.has(scope)))
    ? undefined
    : 403;
}

/** `owner=me` requires a token. The document says so only in a description. */
const lacksToken = ({ parameters, sender }: Request) =>
  !sender.user && parameters.some(({ name, value }) => name === "owner" && value === "me");

/** Returns whether the document allows a request, or undefined where it does not say. */
function isAllowed(request: Request): boolean | undefined {
  const { operation, parameters, headers, mediaType, body } = request;
  if (refusalOf(request) || lacksToken(request)) return false;
  // JSON Schema accepts half of a surrogate pair, and URLs cannot contain it.
  if (headers.length > 0 || !parameters.every(({ value }) => value.isWellFormed())) {
    return undefined;
  }
  const areParametersAllowed = operation.parameters.every(
    ({ name, in: place, required, schema }) => {
      const given = parameters.find((one) => one.name === name && one.in === place);
      return given ? compile(schema)(parseNumber(given.value, schema)).length === 0 : !required;
    },
  );
  return areParametersAllowed && isBodyAllowed(operation, mediaType, body);
}

/** Parses a number that is written as in JSON. */
function parseNumber(value: string, schema: object): unknown {
  const isNumber = "type" in schema && schema.type === "integer";
  return isNumber && String(Number(value)) === value ? Number(value) : value;
}

function isBodyAllowed({ body }: Described, type: string | undefined, sent: string | undefined) {
  if (!body || type === undefined || sent === undefined) return true;
  const mediaType = Object.keys(body.content).find((one) => one === type);
  // HTTP defines the case and the parameters of media types.
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
