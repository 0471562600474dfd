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
