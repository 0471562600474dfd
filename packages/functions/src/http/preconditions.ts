import type { IfNoneMatch, Preconditions } from "@petstore/core/contract/headers";
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
  matches(headers["if-none-match"].replaceAll("W/", ""), etag.replace("W/", ""));

/** A guard for changes: holds the pet to `If-Match` (strong comparison) and `If-None-Match`. */
export const unlessChanged = (headers: Preconditions) => (pet: Pet) => {
  if (ifMatchFails(headers, pet) || hasAlready(headers, etagOf(pet))) throw failed(pet);
};

/** The same for reads, where `If-None-Match` is no failure. */
export const assertMatch = (headers: Preconditions, pet: Pet) => {
  if (ifMatchFails(headers, pet)) throw failed(pet);
};

const ifMatchFails = (headers: Preconditions, pet: Pet) =>
  headers["if-match"] !== undefined && !matches(headers["if-match"], etagOf(pet));

const matches = (tags: string, etag: string) =>
  tags === "*" || tags.split(",").some((tag) => tag.trim() === etag);

const failed = (pet: Pet) =>
  new Problem("precondition-failed", `The pet is at version ${pet.version} now; read it again.`, {
    headers: { etag: etagOf(pet) },
  });
