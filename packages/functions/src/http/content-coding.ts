/** A weight between 0 and 1 (RFC 9110, section 12.4.2). */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Returns whether to compress a response with gzip: the client accepts it, by name or by `*`, and
 * does not prefer content without a coding. A malformed weight counts as 0.
 *
 * @param acceptEncoding the header of that name (RFC 9110, section 12.5.3). A client that does not
 * send it may not be able to decompress.
 */
export function prefersGzip(acceptEncoding = ""): boolean {
  const weights = new Map(listElementsOf(acceptEncoding.toLowerCase()).map(toWeight));
  const gzip = weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0;
  return gzip > 0 && gzip >= (weights.get("identity") ?? 0);
}

function toWeight(element: string): [coding: string, weight: number] {
  const [coding = "", parameter] = element.split(";").map((part) => part.trim());
  return [coding, parameter === undefined ? 1 : Number(WEIGHT.exec(parameter)?.[1] ?? 0)];
}

/**
 * Returns the elements of a comma-separated list without the empty ones (RFC 9110, section 5.6.1.2).
 *
 * @param fieldValue of a header whose elements contain no quoted commas
 */
export const listElementsOf = (fieldValue: string): string[] =>
  fieldValue
    .split(",")
    .map((element) => element.trim())
    .filter((element) => element !== "");
