import type { Operation, ResponseSpec } from "../contract/operation.ts";
import { catalogue, type ProblemType } from "../problems/problem.ts";
import { gatewayMessagesOf } from "./gateway.ts";
import { headersOf, headersOfErrorResponse } from "./headers.ts";
import { headersOfProblem, problemsOf } from "./problems.ts";
import { exampleOf, type JsonSchema, type Schemas } from "./schemas.ts";

/** The components that a document refers to. */
export interface Components {
  schemas: Schemas;
  /** Error responses by name. Operations share them. */
  errorResponses: Map<string, JsonSchema>;
}

/** Returns all responses to an operation by status: the declared ones, problems, and the gateway's own. */
export function responsesOf(
  operation: Operation,
  { schemas, errorResponses }: Components,
): Record<string, JsonSchema> {
  const responses: Record<string, JsonSchema> = {};
  for (const [status, response] of Object.entries(operation.responses)) {
    responses[status] = describeResponse(response, schemas);
  }
  const problems = Map.groupBy(problemsOf(operation), (type) => catalogue[type].status as number);
  const messages = new Map(gatewayMessagesOf(operation));
  for (const status of new Set([...problems.keys(), ...messages.keys()])) {
    const types = (problems.get(status) ?? []).sort();
    const message = messages.get(status);
    const name = [...types, ...(message ? [message.replaceAll(" ", "-")] : [])].join("_or_");
    errorResponses.set(name, describeErrorResponse(Number(status), types, message));
    responses[status] = { $ref: `#/components/responses/${name}` };
  }
  return responses;
}

function describeResponse(
  { description, body, headers, mediaTypes }: ResponseSpec,
  schemas: Schemas,
) {
  return {
    description,
    headers: headersOf(headers, schemas),
    ...(body && {
      content: mediaTypes
        ? Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: "string" } }]))
        : { "application/json": withExample(schemas.of(body, "output")) },
    }),
  };
}

/** Returns the content of a media type: the schema, and its example if the schema has a name. */
export function withExample(schema: JsonSchema): JsonSchema {
  const name = String(schema.$ref).split("/").at(-1) as string;
  const example = exampleOf(name);
  return { schema, ...(example !== undefined && { example }) };
}

function describeErrorResponse(
  status: number,
  problems: ProblemType[],
  message: string | undefined,
): JsonSchema {
  const titles = problems.map((type) => catalogue[type].title);
  const names = new Set(problems.flatMap((type) => headersOfProblem[type] ?? []));
  if (message && (status === 401 || status === 403)) names.add("www-authenticate");
  return {
    description: [...titles, ...(message ? [`${message} (by the gateway)`] : [])].join("; or: "),
    headers: headersOfErrorResponse(names, problems.length > 0 ? "function" : "gateway"),
    content: {
      ...(problems.length > 0 && { "application/problem+json": problemContent(problems) }),
      ...(message && {
        "application/json": {
          schema: { $ref: "#/components/schemas/GatewayMessage" },
          example: { message },
        },
      }),
    },
  };
}

const problemContent = (problems: ProblemType[]) => ({
  schema: {
    allOf: [
      { $ref: "#/components/schemas/Problem" },
      {
        type: "object",
        properties: { type: { enum: problems.map((type) => `/problems/${type}`) } },
        required: ["type"],
      },
    ],
  },
  examples: Object.fromEntries(
    problems.map((type) => [type, { $ref: `#/components/examples/${type}` }]),
  ),
});
