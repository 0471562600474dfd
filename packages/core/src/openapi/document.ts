import { contract } from "../contract/contract.ts";
import type { Operation } from "../contract/operation.ts";
import { GatewayMessage } from "./gateway.ts";
import { sharedHeaders } from "./headers.ts";
import { parametersOf, sharedParameters } from "./parameters.ts";
import { Problem, problemExamples, RequestError } from "./problems.ts";
import { type Components, responsesOf, withExample } from "./responses.ts";
import { type JsonSchema, Schemas } from "./schemas.ts";
import { securityOf, securitySchemes } from "./security.ts";

/** What operations are about, by the first segment of their path. */
const tags: Record<string, string> = {
  pets: "Pets: register, find, change, adopt",
  imports: "Many pets at once",
  inventory: "How many pets there are",
  health: "Whether it is up",
  docs: "This documentation",
};
const tagOf = (path: string) => {
  const segment = path.split("/")[2] as string;
  return segment === "openapi.json" ? "docs" : segment;
};

/**
 * The description of an API, in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html).
 *
 * @param operations by name; the name is the `operationId`
 */
export function documentOf(operations: Record<string, Operation> = contract): JsonSchema {
  const schemas = new Schemas();
  const refusals: Components["refusals"] = new Map();
  const paths: Record<string, JsonSchema> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const [method, path] = operation.route.split(" ") as [string, string];
    const described = describe(name, path, operation, { schemas, refusals });
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  }
  const answers = JSON.stringify([...refusals.values()]);
  const headers = Object.entries(sharedHeaders(schemas)).filter(([name]) =>
    answers.includes(`"#/components/headers/${name}"`),
  );
  return {
    openapi: "3.1.1",
    info: {
      title: "PetStore",
      version: "2.0.0",
      summary: "Pets that look for a home",
      description: [
        "Whoever comes may read; all else needs an access token. Mistakes are answered as problems (RFC 9457). Creates take an `Idempotency-Key`, changes an `If-Match`. Lists come in pages, newest first.",
        'Every GET can be sent as HEAD: the status and the headers are the same, and there is no body. For any other method, and any other path, the gateway responds 404 with `{"message":"Not Found"}`.',
      ].join("\n\n"),
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Where this document is from" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...schemas.components, Problem, RequestError, GatewayMessage },
      responses: Object.fromEntries([...refusals].sort(([a], [b]) => (a < b ? -1 : 1))),
      parameters: sharedParameters,
      headers: Object.fromEntries(headers),
      examples: problemExamples,
      securitySchemes,
    },
  };
}

function describe(
  name: string,
  path: string,
  operation: Operation,
  components: Components,
): JsonSchema {
  const { schemas } = components;
  return {
    operationId: name,
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    tags: [tagOf(path)],
    parameters: parametersOf(operation, schemas),
    ...(operation.body && { requestBody: requestBody(operation.body, schemas) }),
    security: securityOf(operation),
    responses: responsesOf(operation, components),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

const escapedLimit =
  "As `application/json` it is passed on in an event of at most 6 MiB, as a string in which every quotation mark, backslash and line break takes two bytes; the gateway responds 413 when it does not fit. As `application/x-ndjson` it is passed on in base64, and always fits.";

function requestBody(body: NonNullable<Operation["body"]>, schemas: Schemas) {
  const content = withExample(schemas.of(body.schema, "input"));
  const maxBytes = body.maxBytes ?? 65_536;
  return {
    required: true,
    description: [
      `At most ${maxBytes / 1024} KiB of UTF-8. A byte order mark before it is ignored.`,
      ...(maxBytes > MAX_EVENT_BYTES / 2 ? [escapedLimit] : []),
    ].join(" "),
    "x-max-bytes": maxBytes,
    content: Object.fromEntries(
      body.mediaTypes.map((type) => [
        type,
        type === "application/x-ndjson" ? asLines(content) : content,
      ]),
    ),
  };
}

/** OpenAPI 3.1 knows no schema for the lines of a body: it is text. */
const asLines = ({ example }: JsonSchema) => ({
  schema: { type: "string", description: "The same values, a line each." },
  example: (example as unknown[]).map((line) => JSON.stringify(line)).join("\n"),
});

/** The document as it is kept in the repository. */
export const textOf = (document: JsonSchema) => `${JSON.stringify(document, null, 2)}\n`;
