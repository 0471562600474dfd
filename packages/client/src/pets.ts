import type { PetStore } from "./client.ts";
import { ok } from "./problem.ts";
import type { components, operations } from "./schema.ts";

export type Pet = components["schemas"]["Pet"];
export type NewPet = components["schemas"]["NewPet"];
export type RowError = components["schemas"]["RowError"];

type Query<Name extends "listPets" | "getImport"> = Omit<
  NonNullable<operations[Name]["parameters"]["query"]>,
  "cursor"
>;

/** All pets of a list, newest first: a page is asked for when it is come to, and no other is kept. */
export const pets = (client: PetStore, query: Query<"listPets"> = {}): AsyncGenerator<Pet> =>
  items(async (cursor) => {
    const page = await ok(client.GET("/api/pets", { params: { query: { ...query, ...cursor } } }));
    return { items: page.items, nextCursor: page.nextCursor };
  });

/** All row errors of an import. They are complete once it is completed. */
export const rowErrors = (
  client: PetStore,
  id: string,
  query: Query<"getImport"> = {},
): AsyncGenerator<RowError> =>
  items(async (cursor) => {
    const params = { path: { id }, query: { ...query, ...cursor } };
    const report = await ok(client.GET("/api/imports/{id}", { params }));
    return { items: report.errors, nextCursor: report.nextCursor };
  });

async function* items<T>(
  read: (cursor: { cursor?: string }) => Promise<{ items: T[]; nextCursor: string | undefined }>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
