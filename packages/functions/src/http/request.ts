import type { Operation, RequestOf } from "@petstore/core/contract/operation";
import { issuesOf, toPointer } from "@petstore/core/problems/issues";
import { Problem, type RequestError } from "@petstore/core/problems/problem";
import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import type { ZodError, ZodType } from "zod";
import { readBody } from "./body.ts";

/** What a request says itself; who sent it is for others to say. */
type Parsed<O extends Operation> = Omit<RequestOf<O>, "caller">;

/**
 * Parses a request by the schemas of its operation.
 *
 * @throws Problem 404 for path parameters that can name nothing, 422 for query and body, 400 for
 * headers, and what `readBody` throws
 */
export function parseRequest<O extends Operation>(operation: O, event: Event): Parsed<O> {
  const { params, query, headers, body } = operation;
  return {
    params: parse(params, event.pathParameters, () => {
      throw new Problem("not-found", "Nothing can have this address.");
    }),
    query: parse(query, event.queryStringParameters ?? {}, (error) => {
      throw new Problem("invalid-request", "The query does not match its schema.", {
        errors: parametersOf(error),
      });
    }),
    headers: parse(headers, event.headers, (error) => {
      throw new Problem("malformed-header", "A header of the request is malformed.", {
        errors: parametersOf(error),
      });
    }),
    body:
      body &&
      parse(body.schema, readBody(event, body), (error) => {
        throw new Problem("invalid-request", "The body does not match its schema.", {
          errors: issuesOf(error).map(({ path, detail }) => ({ pointer: toPointer(path), detail })),
        });
      }),
  } as Parsed<O>;
}

function parse(schema: ZodType | undefined, input: unknown, reject: (error: ZodError) => never) {
  if (!schema) return undefined;
  const result = schema.safeParse(input);
  return result.success ? result.data : reject(result.error);
}

const parametersOf = (error: ZodError): RequestError[] =>
  issuesOf(error).map(({ path, detail }) => ({ parameter: path.join("."), detail }));
