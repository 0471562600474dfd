import type { Answer, Operation } from "../contract/operation.ts";
import { catalogue, type ProblemType } from "../problems/problem.ts";
import { gatewayMessagesOf } from "./gateway.ts";
import { headersOf, headersOfRefusal } from "./headers.ts";
import { headersOfProblem, problemsOf } from "./problems.ts";
import { exampleOf, type JsonSchema, type Schemas } from "./schemas.ts";

/** What a document refers to. */
export interface Components {
  schemas: Schemas;
  /** Refusals, which operations share, by name. */
  refusals: Map<string, JsonSchema>;
}

/** All that an operation can be answered with, by status: its answers, problems, and the gateway's own. */
export function responsesOf(
  operation: Operation,
  { schemas, refusals }: Components,
): Record<string, JsonSchema> {
  const responses: Record<string, JsonSchema> = {};
  for (const [status, answer] of Object.entries(operation.answers)) {
    responses[status] = answered(answer, schemas);
  }
  const problems = Map.groupBy(problemsOf(operation), (type) => catalogue[type].status as number);
  const messages = new Map(gatewayMessagesOf(operation));
  for (const status of new Set([...problems.keys(), ...messages.keys()])) {
    const types = (problems.get(status) ?? []).sort();
    const message = messages.get(status);
    const name = [...types, ...(message ? [message.replaceAll(" ", "-")] : [])].join("_or_");
    refusals.set(name, refused(Number(status), types, message));
    responses[status] = { $ref: `#/components/responses/${name}` };
  }
  return responses;
}

function answered({ description, body, headers, mediaTypes }: Answer, schemas: Schemas) {
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

/** A media type's schema, with the example that a named schema has. */
export function withExample(schema: JsonSchema): JsonSchema {
  const name = String(schema.$ref).split("/").at(-1) as string;
  const example = exampleOf(name);
  return { schema, ...(example !== undefined && { example }) };
}

function refused(status: number, problems: ProblemType[], message: string | undefined): JsonSchema {
  const titles = problems.map((type) => catalogue[type].title);
  const names = new Set(problems.flatMap((type) => headersOfProblem[type] ?? []));
  if (message && (status === 401 || status === 403)) names.add("www-authenticate");
  return {
    description: [...titles, ...(message ? [`${message} (by the gateway)`] : [])].join("; or: "),
    headers: headersOfRefusal(names, problems.length > 0 ? "function" : "gateway"),
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
