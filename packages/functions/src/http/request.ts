import type { Operation, RequestOf } from "@petstore/core/contract/operation";
import { Problem, type RequestError } from "@petstore/core/problems/problem";
import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import type { ZodError, ZodType } from "zod";
import { readJson } from "./body.ts";

/**
 * Parses a request by the schemas of its operation.
 *
 * @throws Problem 404 for path parameters that can name nothing, 422 for query and body, 400 for
 * headers, and what `readJson` throws
 */
export function parseRequest<O extends Operation>(operation: O, event: Event): RequestOf<O> {
  const { params, query, headers, body } = operation;
  return {
    params: parse(params, event.pathParameters, () => {
      throw new Problem("not-found", "Nothing can have this address.");
    }),
    query: parse(query, event.queryStringParameters ?? {}, (error) => {
      throw new Problem("invalid-request", "The query does not match its schema.", {
        errors: problemsOf(error).map(([path, detail]) => ({ parameter: path.join("."), detail })),
      });
    }),
    headers: parse(headers, event.headers, (error) => {
      throw new Problem("malformed-header", "A header of the request is malformed.", {
        errors: problemsOf(error).map(([path, detail]) => ({ parameter: path.join("."), detail })),
      });
    }),
    body:
      body &&
      parse(body.schema, readJson(event, body.mediaTypes), (error) => {
        throw new Problem("invalid-request", "The body does not match its schema.", {
          errors: problemsOf(error).map(
            ([path, detail]): RequestError => ({ pointer: toPointer(path), detail }),
          ),
        });
      }),
  } as RequestOf<O>;
}

function parse(schema: ZodType | undefined, input: unknown, reject: (error: ZodError) => never) {
  if (!schema) return undefined;
  const result = schema.safeParse(input);
  return result.success ? result.data : reject(result.error);
}

/** Every single thing that is wrong, unknown members one by one. */
function problemsOf(error: ZodError): [path: PropertyKey[], detail: string][] {
  return error.issues.flatMap((issue): [PropertyKey[], string][] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => [[...issue.path, key], "is not known here"])
      : [[issue.path, issue.message]],
  );
}

/** A JSON Pointer (RFC 6901). */
const toPointer = (path: PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
