import type { Operation, RequestOf } from "@petstore/core/contract/operation";
import { issuesOf, toPointer } from "@petstore/core/problems/issues";
import { Problem, type RequestError } from "@petstore/core/problems/problem";
import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import type { ZodError, ZodType } from "zod";
import { readBody } from "./body.ts";

/**
 * Parses a request by the schemas of its operation. The caller is not a part of it.
 *
 * @throws Problem 404 for invalid path parameters, 422 for an invalid query or body, 400 for invalid
 * headers, and the problems of `readBody`
 */
export function parseRequest<O extends Operation>(
  operation: O,
  event: Event,
): Omit<RequestOf<O>, "caller"> {
  const { params, query, headers, body } = operation;
  return {
    params: parse(params, event.pathParameters, () => {
      throw new Problem("not-found", "No such resource.");
    }),
    query: parse(query, event.queryStringParameters ?? {}, (error) => {
      throw new Problem("invalid-request", "The query does not match its schema.", {
        errors: toParameterErrors(error),
      });
    }),
    headers: parse(headers, event.headers, (error) => {
      throw new Problem("malformed-header", "A header of the request is malformed.", {
        errors: toParameterErrors(error),
      });
    }),
    body: body && parseBody(body, event),
  } as Omit<RequestOf<O>, "caller">;
}

function parseBody(body: NonNullable<Operation["body"]>, event: Event): unknown {
  const { value, schema } = readBody(event, body);
  return parse(schema, value, (error) => {
    throw new Problem("invalid-request", "The body does not match its schema.", {
      errors: issuesOf(error).map(({ path, detail }) => ({ pointer: toPointer(path), detail })),
    });
  });
}

function parse(schema: ZodType | undefined, input: unknown, reject: (error: ZodError) => never) {
  if (!schema) return undefined;
  const result = schema.safeParse(input);
  return result.success ? result.data : reject(result.error);
}

const toParameterErrors = (error: ZodError): RequestError[] =>
  issuesOf(error).map(({ path, detail }) => ({ parameter: path.join("."), detail }));
