import type { ZodError } from "zod";

/** Returns every issue of a value, with one issue for each unknown member. */
export const issuesOf = (error: ZodError): { path: PropertyKey[]; detail: string }[] =>
  error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: "is unknown" }))
      : [{ path: issue.path, detail: issue.message }],
  );

/** Returns a JSON Pointer (RFC 6901). */
export const toPointer = (path: PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Issues in a summary: one value can have thousands. */
const MAX_ISSUES = 10;
/** Characters of a pointer in a summary: a member's name can be as long as the value. */
const MAX_POINTER = 200;

/** Returns a summary of limited size of what is wrong with a value, to be stored or logged. */
export function summaryOf(error: ZodError): { pointer: string; detail: string }[] {
  const issues = issuesOf(error);
  const summary = issues.slice(0, MAX_ISSUES).map(({ path, detail }) => ({
    pointer: shorten(toPointer(path)),
    detail,
  }));
  const omitted = issues.length - summary.length;
  return omitted > 0 ? [...summary, { pointer: "", detail: `and ${omitted} more` }] : summary;
}

/** The result is well-formed: JSON can contain half of a surrogate pair, and DynamoDB refuses it. */
const shorten = (pointer: string): string =>
  (pointer.length > MAX_POINTER ? `${pointer.slice(0, MAX_POINTER)}…` : pointer).toWellFormed();
