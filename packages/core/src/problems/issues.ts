import type { ZodError } from "zod";

/** Every single thing that is wrong, unknown members one by one. */
export const issuesOf = (error: ZodError): { path: PropertyKey[]; detail: string }[] =>
  error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: "is not known here" }))
      : [{ path: issue.path, detail: issue.message }],
  );

/** A JSON Pointer (RFC 6901). */
export const toPointer = (path: PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Things told by a summary: one value may have thousands wrong. */
const MAX_TOLD = 10;
/** Characters told of a pointer: a member's name may be as long as its value. */
const MAX_POINTER = 200;

/** What is wrong with a value, to be stored or logged: small, whatever the value is. */
export function summaryOf(error: ZodError): { pointer: string; detail: string }[] {
  const issues = issuesOf(error);
  const told = issues.slice(0, MAX_TOLD).map(({ path, detail }) => ({
    pointer: shortened(toPointer(path)),
    detail,
  }));
  const untold = issues.length - told.length;
  return untold > 0 ? [...told, { pointer: "", detail: `and ${untold} more` }] : told;
}

/** Well-formed: DynamoDB takes no half of a surrogate pair, which JSON may well contain. */
const shortened = (pointer: string): string =>
  (pointer.length > MAX_POINTER ? `${pointer.slice(0, MAX_POINTER)}…` : pointer).toWellFormed();
