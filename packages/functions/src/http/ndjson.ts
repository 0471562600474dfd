import { isUtf8 } from "node:buffer";

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
