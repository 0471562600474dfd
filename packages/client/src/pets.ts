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

/** Returns all pets of a list, newest first. It requests each page when the previous one was consumed. */
export const pets = (client: PetStore, query: Query<"listPets"> = {}): AsyncGenerator<Pet> =>
  readItems(async (cursor) => {
    const page = await ok(client.GET("/api/pets", { params: { query: { ...query, ...cursor } } }));
    return { items: page.items, nextCursor: page.nextCursor };
  });

/** Returns all row errors of an import. They are complete once the import is completed. */
export const rowErrors = (
  client: PetStore,
  id: string,
  query: Query<"getImport"> = {},
): AsyncGenerator<RowError> =>
  readItems(async (cursor) => {
    const params = { path: { id }, query: { ...query, ...cursor } };
    const report = await ok(client.GET("/api/imports/{id}", { params }));
    return { items: report.errors, nextCursor: report.nextCursor };
  });

async function* readItems<T>(
  readPage: (cursor: {
    cursor?: string;
  }) => Promise<{ items: T[]; nextCursor: string | undefined }>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
