import type { IfNoneMatch, Preconditions } from "@petstore/core/contract/fields";
import type { Pet } from "@petstore/core/pets/pet";
import { Problem } from "@petstore/core/problems/problem";

/**
 * Returns the entity tag of a pet's state. It includes the time of creation, because an id that was
 * deleted can be used again, with versions from 1 (RFC 9110, section 8.8.1).
 */
export const etagOf = ({ createdAt, version }: Pet) =>
  `"${Date.parse(createdAt).toString(36)}-${version}"`;

/** Whether the client has this version already (RFC 9110, section 13.1.2: weak comparison). */
export const hasAlready = (headers: IfNoneMatch, etag: string): boolean =>
  headers["if-none-match"] !== undefined &&
  matches(headers["if-none-match"], (tag) => opaqueTagOf(tag) === opaqueTagOf(etag));

/** A guard for changes: holds the pet to `If-Match` (strong comparison) and `If-None-Match`. */
export const unlessChanged = (headers: Preconditions) => (pet: Pet) => {
  assertMatch(headers, pet);
  const etag = etagOf(pet);
  if (!hasAlready(headers, etag)) return;
  const detail =
    headers["if-none-match"] === "*"
      ? "The pet exists, and If-None-Match: * requires that it does not."
      : `The pet's current entity tag is ${etag}, which If-None-Match excludes.`;
  throw preconditionFailed(detail, etag);
};

/** The same for reads, where `If-None-Match` is no failure. */
export const assertMatch = (headers: Preconditions, pet: Pet) => {
  const etag = etagOf(pet);
  if (headers["if-match"] === undefined || matches(headers["if-match"], (tag) => tag === etag)) {
    return;
  }
  const detail = `The pet's current entity tag is ${etag}, which If-Match does not list. Read the pet again.`;
  throw preconditionFailed(detail, etag);
};

const preconditionFailed = (detail: string, etag: string) =>
  new Problem("precondition-failed", detail, { headers: { etag } });

/** Whether a field value is `*`, or has an entity tag that is the one. */
const matches = (fieldValue: string, isTheOne: (tag: string) => boolean): boolean =>
  fieldValue === "*" || entityTagsIn(fieldValue).some(isTheOne);

/** The entity tags of a list (RFC 9110, section 8.8.3). The quotes may contain commas. */
const entityTagsIn = (fieldValue: string): string[] => fieldValue.match(/(?:W\/)?"[^"]*"/g) ?? [];

/** An entity tag without its weakness. */
const opaqueTagOf = (etag: string): string => etag.replace(/^W\//, "");
