import type fc from "fast-check";
import type { User } from "../../support/users.ts";
import type { Received } from "../send.ts";
import type { Api } from "../senders.ts";

export type Fields = Record<string, unknown>;

export interface ModelPet {
  /** In the order of creation, from 0. */
  index: number;
  fields: Fields;
  version: number;
  /** The request that created it, if that had an idempotency key. */
  creation?: { key: string; body: Fields };
}

/** The expected state: the pets that this sequence has created, oldest first. */
export interface Model {
  pets: ModelPet[];
  created: number;
}

/** The real state: the API, the caller, and ids and ETags of the pets by their index in the model. */
export interface Real {
  api: Api;
  me: User;
  ids: string[];
  etags: string[];
  onResponse: (response: Received) => void;
}

export type Command = fc.AsyncCommand<Model, Real>;

export function check(condition: boolean, what: string, response: unknown): asserts condition {
  if (!condition) throw new Error(`${what}\n${JSON.stringify(response, null, 2)}`);
}

export const matchesModel = (pet: Fields, { fields, version }: ModelPet) => {
  const { ownerEmail: _, ...visible } = fields;
  return (
    pet.version === version &&
    Object.entries({ breed: undefined, birthDate: undefined, ...visible }).every(
      ([name, value]) => JSON.stringify(pet[name]) === JSON.stringify(value),
    )
  );
};

/** Returns fields as the API stores them: trimmed, without duplicate tags, with defaults. */
export const toStoredFields = (fields: Fields): Fields => ({
  status: "available",
  ...fields,
  tags: [...new Set((fields.tags as string[]) ?? [])],
  name: (fields.name as string).trim(),
  ...(typeof fields.breed === "string" && { breed: fields.breed.trim() }),
});

/** Returns the fields after a merge patch or a replacement. */
export function changeFields(
  fields: Fields,
  name: "patchPet" | "replacePet",
  body: Fields,
): Fields {
  const { ownerEmail } = fields;
  const merged: Fields =
    name === "patchPet"
      ? { ...fields, ...body }
      : { ...(ownerEmail ? { ownerEmail } : {}), ...body };
  return toStoredFields(
    Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)),
  );
}

export const canBecome = (from: unknown, to: unknown) => from === to || from !== "adopted";
