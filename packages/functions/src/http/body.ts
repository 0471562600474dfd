import { isUtf8 } from "node:buffer";
import { Problem } from "@petstore/core/problems/problem";
import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { listElementsOf } from "./content-coding.ts";

/** Bytes. Far more than any pet needs, far less than would cost us. */
const LIMIT = 64 * 1024;

/** U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = Buffer.from("\ufeff");

/**
 * Reads a JSON body. One of NDJSON comes as an array of its lines (see `parseNdjson`). A byte order
 * mark before it is ignored (RFC 8259, section 8.1).
 *
 * @throws Problem 415 for another media type, charset or an encoding, 413 for more bytes than the
 * operation takes (64 KiB where it does not say), 400 for what is not UTF-8 or not JSON
 */
export function readBody(
  event: Event,
  { mediaTypes, maxBytes = LIMIT }: { mediaTypes: readonly string[]; maxBytes?: number },
): unknown {
  const mediaType = mediaTypeOf(event, mediaTypes);
  const { body = "", isBase64Encoded } = event;
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > maxBytes) {
    throw new Problem(
      "body-too-large",
      `${bytes.length} bytes are more than the ${maxBytes} allowed.`,
    );
  }
  const text = withoutByteOrderMark(bytes);
  return mediaType === "application/x-ndjson" ? parseNdjson(text) : parseJson(text);
}

const withoutByteOrderMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes;

function parseJson(bytes: Buffer): unknown {
  try {
    if (!isUtf8(bytes)) throw new SyntaxError("not UTF-8");
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new Problem("malformed-body", "Send one JSON value, in UTF-8.", { cause });
  }
}

function mediaTypeOf({ headers, requestContext }: Event, mediaTypes: readonly string[]): string {
  const [mediaType = "", ...parameters] = (headers["content-type"] ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const codings = listElementsOf(headers["content-encoding"] ?? "");
  const isEncoded = codings.some((coding) => coding.toLowerCase() !== "identity");
  const utf8Only = parameters.every((part) => !/^charset=(?!"?utf-?8"?$)/.test(part));

  if (mediaTypes.includes(mediaType) && utf8Only && !isEncoded) return mediaType;
  const accepted = mediaTypes.join(", ");
  throw new Problem("unsupported-media-type", `Send ${mediaTypes.join(" or ")}, not encoded.`, {
    headers: {
      // RFC 9110, section 15.5.16: what would have been accepted.
      accept: accepted,
      "accept-encoding": "identity",
      // RFC 5789, section 2.2.
      ...(requestContext.http.method === "PATCH" && { "accept-patch": accepted }),
    },
  });
}

const NEWLINE = 0x0a;

/**
 * Reads NDJSON (https://github.com/ndjson/ndjson-spec), line by line, so that a broken one is no
 * harm to the others.
 *
 * @returns a value for every line: what it says, `undefined` where it is blank, and a `SyntaxError`
 * where it is not one JSON value in UTF-8
 */
export function parseNdjson(bytes: Buffer): unknown[] {
  const values: unknown[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    values.push(parseLine(bytes.subarray(start, end)));
    start = end + 1;
  }
  return values;
}

function parseLine(line: Buffer): unknown {
  if (!isUtf8(line)) return new SyntaxError("not UTF-8");
  const text = line.toString();
  if (/^[ \t\r]*$/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    return error instanceof SyntaxError ? error : new SyntaxError("nested too deep");
  }
}
