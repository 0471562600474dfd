import { isUtf8 } from "node:buffer";
import { DEFAULT_MAX_BYTES, type Operation } from "@petstore/core/contract/operation";
import type { ParsedLine } from "@petstore/core/imports/rows";
import { Problem } from "@petstore/core/problems/problem";
import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import type { ZodType } from "zod";
import { listElementsOf } from "./content-coding.ts";

type BodySpec = NonNullable<Operation["body"]>;

/** U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = Buffer.from("\ufeff");
const NEWLINE = 0x0a;

/**
 * Reads the body of a request: one JSON value, or NDJSON as an array of its lines. A byte order mark
 * is ignored (RFC 8259, section 8.1).
 *
 * @returns the value, and the schema of the operation that it must match
 * @throws Problem 415 for another media type, charset or a content coding, 413 for too many bytes,
 * 400 for a body that is not UTF-8 or not JSON
 */
export function readBody(event: Event, spec: BodySpec): { value: unknown; schema: ZodType } {
  const { mediaTypes, schema, lines, maxBytes = DEFAULT_MAX_BYTES } = spec;
  const mediaType = readMediaType(event, mediaTypes);
  const { body = "", isBase64Encoded } = event;
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > maxBytes) {
    throw new Problem(
      "body-too-large",
      `The body has ${bytes.length} bytes, more than the ${maxBytes} allowed.`,
    );
  }
  const text = removeByteOrderMark(bytes);
  return lines && mediaType === "application/x-ndjson"
    ? { value: parseNdjson(text), schema: lines }
    : { value: parseJson(text), schema };
}

const removeByteOrderMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes;

function parseJson(bytes: Buffer): unknown {
  try {
    if (!isUtf8(bytes)) throw new SyntaxError("not UTF-8");
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new Problem("malformed-body", "The body is not one JSON value in UTF-8.", { cause });
  }
}

/**
 * Parses NDJSON (https://github.com/ndjson/ndjson-spec) line by line, so that a malformed line does
 * not affect the others. Blank lines are left out, but counted in the line numbers.
 */
export function parseNdjson(bytes: Buffer): ParsedLine[] {
  const lines: ParsedLine[] = [];
  for (let start = 0, row = 1; start < bytes.length; row++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = parseLine(bytes.subarray(start, end), row);
    if (line) lines.push(line);
    start = end + 1;
  }
  return lines;
}

function parseLine(line: Buffer, row: number): ParsedLine | undefined {
  const malformed = { row, refused: "is not one JSON value in UTF-8" };
  if (!isUtf8(line)) return malformed;
  const text = line.toString();
  if (/^[ \t\r]*$/.test(text)) return undefined;
  try {
    return { row, value: JSON.parse(text) };
  } catch {
    return malformed;
  }
}

function readMediaType({ headers, requestContext }: Event, mediaTypes: readonly string[]): string {
  const [mediaType = "", ...parameters] = (headers["content-type"] ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const codings = listElementsOf(headers["content-encoding"] ?? "");
  const isEncoded = codings.some((coding) => coding.toLowerCase() !== "identity");
  const isUtf8Only = parameters.every((part) => !/^charset=(?!"?utf-?8"?$)/.test(part));

  if (mediaTypes.includes(mediaType) && isUtf8Only && !isEncoded) return mediaType;
  const accepted = mediaTypes.join(", ");
  const detail = `Send ${mediaTypes.join(" or ")} in UTF-8, without a content coding.`;
  throw new Problem("unsupported-media-type", detail, {
    headers: {
      // RFC 9110, section 15.5.16: what would have been accepted.
      accept: accepted,
      "accept-encoding": "identity",
      // RFC 5789, section 2.2.
      ...(requestContext.http.method === "PATCH" && { "accept-patch": accepted }),
    },
  });
}
