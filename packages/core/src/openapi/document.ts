import { contract } from "../contract/contract.ts";
import { DEFAULT_MAX_BYTES, type Operation } from "../contract/operation.ts";
import { GatewayMessage } from "./gateway.ts";
import { sharedHeaders } from "./headers.ts";
import { parametersOf, sharedParameters } from "./parameters.ts";
import { Problem, problemExamples, RequestError } from "./problems.ts";
import { type Components, responsesOf, withExample } from "./responses.ts";
import { type JsonSchema, Schemas } from "./schemas.ts";
import { securityOf, securitySchemes } from "./security.ts";

/** The tags of operations, by the first segment of their path. */
const tags: Record<string, string> = {
  pets: "Create, find, change and adopt pets",
  imports: "Import many pets",
  inventory: "Count pets",
  health: "Check the API's health",
  docs: "Read the API's documentation",
};
const tagOf = (path: string) => {
  const segment = path.split("/")[2] as string;
  return segment === "openapi.json" ? "docs" : segment;
};

/**
 * Returns the OpenAPI 3.1 document of an API (https://spec.openapis.org/oas/v3.1.1.html).
 *
 * @param operations by name; the name is the `operationId`
 */
export function documentOf(operations: Record<string, Operation> = contract): JsonSchema {
  const schemas = new Schemas();
  const errorResponses: Components["errorResponses"] = new Map();
  const paths: Record<string, JsonSchema> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const [method, path] = operation.route.split(" ") as [string, string];
    const description = describeOperation(name, path, operation, { schemas, errorResponses });
    paths[path] = { ...paths[path], [method.toLowerCase()]: description };
  }
  const json = JSON.stringify([...errorResponses.values()]);
  const headers = Object.entries(sharedHeaders(schemas)).filter(([name]) =>
    json.includes(`"#/components/headers/${name}"`),
  );
  return {
    openapi: "3.1.1",
    info: {
      title: "PetStore",
      version: "2.0.0",
      summary: "Pets for adoption",
      description: [
        "Reads are public. Everything else requires an access token with a scope. Errors are problems (RFC 9457) that list every invalid field. Creates accept an `Idempotency-Key`, changes an `If-Match`. Lists are paginated, newest first.",
        'Every GET can be sent as HEAD: the response has the same status and headers, and no body. For any other method or path the gateway responds 404 with `{"message":"Not Found"}`.',
      ].join("\n\n"),
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The origin of this document" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...schemas.components, Problem, RequestError, GatewayMessage },
      responses: Object.fromEntries([...errorResponses].sort(([a], [b]) => (a < b ? -1 : 1))),
      parameters: sharedParameters,
      headers: Object.fromEntries(headers),
      examples: problemExamples,
      securitySchemes,
    },
  };
}

function describeOperation(
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
    ...(operation.body && { requestBody: describeBody(operation.body, schemas) }),
    security: securityOf(operation),
    responses: responsesOf(operation, components),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

const escapedLimit =
  "The gateway passes on `application/json` in an event of at most 6 MiB, as a string in which every quotation mark, backslash and line break takes two bytes, and responds 413 when it does not fit. It passes on `application/x-ndjson` in base64, which always fits.";

function describeBody(body: NonNullable<Operation["body"]>, schemas: Schemas) {
  const content = withExample(schemas.of(body.schema, "input"));
  const maxBytes = body.maxBytes ?? DEFAULT_MAX_BYTES;
  return {
    required: true,
    description: [
      `At most ${maxBytes / 1024} KiB of UTF-8. A byte order mark is ignored.`,
      ...(maxBytes > MAX_EVENT_BYTES / 2 ? [escapedLimit] : []),
    ].join(" "),
    "x-max-bytes": maxBytes,
    content: Object.fromEntries(
      body.mediaTypes.map((type) => [
        type,
        type === "application/x-ndjson" ? toLines(content) : content,
      ]),
    ),
  };
}

/** OpenAPI 3.1 has no schema for the lines of a body, so NDJSON is text. */
const toLines = ({ example }: JsonSchema) => ({
  schema: { type: "string", description: "The same values, one per line." },
  example: (example as unknown[]).map((line) => JSON.stringify(line)).join("\n"),
});

/** Returns the document as it is committed in the repository. */
export const toText = (document: JsonSchema) => `${JSON.stringify(document, null, 2)}\n`;
