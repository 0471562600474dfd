import * as z from "zod";
import { getOpenApi } from "../contract/docs.ts";
import { getHealth } from "../contract/health.ts";
import { getImport } from "../contract/imports.ts";
import { listPets } from "../contract/pets.ts";
import { Import, MAX_ROWS, RowError } from "../imports/import.ts";
import { Rows } from "../imports/rows.ts";
import { Inventory } from "../inventory/inventory.ts";
import { NewPet, OwnerId, Pet, PetPatch, PetReplacement, Species, Status } from "../pets/pet.ts";
import { examples } from "./examples.ts";

export type JsonSchema = Record<string, unknown>;

/** The schemas that have a name of their own in the document. The others stand where they are used. */
const named = {
  Health: getHealth.answers[200].body,
  Import,
  ImportReport: getImport.answers[200].body,
  Inventory,
  NewPet,
  NewPets: Rows,
  OpenApi: getOpenApi.answers[200].body,
  OwnerId,
  Pet,
  PetPage: listPets.answers[200].body,
  PetPatch,
  PetReplacement,
  RowError,
  Species,
  Status,
};
export type SchemaName = keyof typeof named;

for (const [id, schema] of Object.entries<z.ZodType>(named)) z.globalRegistry.add(schema, { id });

/** What a schema cannot say of itself in JSON Schema. */
const said: { [N in SchemaName]?: JsonSchema } = {
  NewPets: {
    minItems: 1,
    maxItems: MAX_ROWS,
    description:
      "Rows, each a `NewPet`. One that is none is no reason to turn away the others: it fails, and the import says why.",
  },
};

/** Collects the named schemas that a document refers to. */
export class Schemas {
  readonly #used = new Map<string, JsonSchema>();

  /** A schema as those who send it (`input`) or get it (`output`) see it: by reference, if it has a name. */
  of(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const { $schema, $defs, ...json } = z.toJSONSchema(schema, {
      io,
      unrepresentable: "any",
      override: ({ jsonSchema }) => {
        // Whoever reads an answer must put up with members that are yet to come.
        if (io === "output" && jsonSchema.additionalProperties === false) {
          delete jsonSchema.additionalProperties;
        }
      },
    }) as JsonSchema;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
      this.#add(name, definition);
    }
    return referring(json);
  }

  /** The named schemas used so far, by name. */
  get components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#used].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #add(name: string, { id: _, ...definition }: JsonSchema): void {
    const example = exampleOf(name);
    this.#used.set(name, {
      ...referring(definition),
      ...said[name as SchemaName],
      ...(example !== undefined && { examples: [example] }),
    });
  }
}

/** The example of a named schema. */
export const exampleOf = (name: string): unknown => (examples as Record<string, unknown>)[name];

/** The same, with references to where the document keeps its schemas. */
const referring = (json: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
