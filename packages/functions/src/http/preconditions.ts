import type { IfNoneMatch, Preconditions } from "@petstore/core/contract/headers";
import type { Pet } from "@petstore/core/pets/pet";
import { Problem } from "@petstore/core/problems/problem";

/**
 * Returns the entity tag of a pet's state. It includes the time of creation, because an id that was
 * deleted can be used again, with versions from 1 (RFC 9110, section 8.8.1).
 */
export const etagOf = ({ createdAt, version }: Pet) =>
  `"${Date.parse(createdAt).toString(36)}-${version}"`;

/** Returns whether `If-None-Match` lists an entity tag (RFC 9110, section 13.1.2: weak comparison). */
export const matchesIfNoneMatch = (headers: IfNoneMatch, etag: string): boolean =>
  headers["if-none-match"] !== undefined &&
  listsEntityTag(headers["if-none-match"], (tag) => opaqueTagOf(tag) === opaqueTagOf(etag));

/**
 * Returns the precondition of a change: `If-Match` (strong comparison) and `If-None-Match`.
 *
 * @returns a function that throws the problem `precondition-failed`
 */
export const createPrecondition = (headers: Preconditions) => (pet: Pet) => {
  assertIfMatch(headers, pet);
  const etag = etagOf(pet);
  if (!matchesIfNoneMatch(headers, etag)) return;
  const detail =
    headers["if-none-match"] === "*"
      ? "The pet exists, and If-None-Match: * requires that it does not."
      : `The pet's current entity tag is ${etag}, which If-None-Match excludes.`;
  throw preconditionFailed(detail, etag);
};

/**
 * Checks `If-Match` (strong comparison).
 *
 * @throws Problem `precondition-failed`
 */
export const assertIfMatch = (headers: Preconditions, pet: Pet) => {
  const etag = etagOf(pet);
  const ifMatch = headers["if-match"];
  if (ifMatch === undefined || listsEntityTag(ifMatch, (tag) => tag === etag)) return;
  const detail = `The pet's current entity tag is ${etag}, which If-Match does not list. Read the pet again.`;
  throw preconditionFailed(detail, etag);
};

const preconditionFailed = (detail: string, etag: string) =>
  new Problem("precondition-failed", detail, { headers: { etag } });

/** Returns whether a field value is `*`, or lists a matching entity tag. */
const listsEntityTag = (fieldValue: string, isMatch: (tag: string) => boolean): boolean =>
  fieldValue === "*" || entityTagsIn(fieldValue).some(isMatch);

/** Returns the entity tags of a list (RFC 9110, section 8.8.3). They can contain commas. */
const entityTagsIn = (fieldValue: string): string[] => fieldValue.match(/(?:W\/)?"[^"]*"/g) ?? [];

/** Returns an entity tag without the prefix of weak ones. */
const opaqueTagOf = (etag: string): string => etag.replace(/^W\//, "");
