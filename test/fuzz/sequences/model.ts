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
  /** The request that created it, where that had an idempotency key. */
  creation?: { key: string; body: Fields };
}

/** What should be there: the pets that this sequence has made, oldest first. */
export interface Model {
  pets: ModelPet[];
  made: number;
}

/** What is there: the API, whose sequence it is, and ids and ETags of the pets by the model's numbers. */
export interface Real {
  api: Api;
  me: User;
  ids: string[];
  etags: string[];
  onAnswer: (answer: Received) => void;
}

export type Command = fc.AsyncCommand<Model, Real>;

export function check(condition: boolean, what: string, answer: unknown): asserts condition {
  if (!condition) throw new Error(`${what}\n${JSON.stringify(answer, null, 2)}`);
}

export const isAsModelled = (pet: Fields, { fields, version }: ModelPet) => {
  const { ownerEmail: _, ...shown } = fields;
  return (
    pet.version === version &&
    Object.entries({ breed: undefined, birthDate: undefined, ...shown }).every(
      ([name, value]) => JSON.stringify(pet[name]) === JSON.stringify(value),
    )
  );
};

/** Fields as they are kept: trimmed, tags once, defaults in place. */
export const kept = (fields: Fields): Fields => ({
  status: "available",
  ...fields,
  tags: [...new Set((fields.tags as string[]) ?? [])],
  name: (fields.name as string).trim(),
  ...(typeof fields.breed === "string" && { breed: fields.breed.trim() }),
});

/** Fields once a change is made to them, by a merge patch or a replacement. */
export function changed(fields: Fields, name: "patchPet" | "replacePet", body: Fields): Fields {
  const { ownerEmail } = fields;
  const merged: Fields =
    name === "patchPet"
      ? { ...fields, ...body }
      : { ...(ownerEmail ? { ownerEmail } : {}), ...body };
  return kept(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)));
}

export const mayBecome = (from: unknown, to: unknown) => from === to || from !== "adopted";
