import * as z from "zod";
import { getOpenApi } from "../contract/docs.ts";
import { getHealth } from "../contract/health.ts";
import { getImport } from "../contract/imports.ts";
import { listPets } from "../contract/pets.ts";
import { Import, MAX_ROWS, RowError } from "../imports/import.ts";
import { Rows } from "../imports/rows.ts";
import { Inventory } from "../inventory/inventory.ts";
import { OwnerId, Pet, Species, Status } from "../pets/pet.ts";
import { NewPet, PetPatch, PetReplacement } from "../pets/pet-input.ts";
import { examples } from "./examples.ts";

export type JsonSchema = Record<string, unknown>;

/** The schemas that the document names. The others are inline. */
const named = {
  Health: getHealth.responses[200].body,
  Import,
  ImportReport: getImport.responses[200].body,
  Inventory,
  NewPet,
  NewPets: Rows,
  OpenApi: getOpenApi.responses[200].body,
  OwnerId,
  Pet,
  PetPage: listPets.responses[200].body,
  PetPatch,
  PetReplacement,
  RowError,
  Species,
  Status,
};
export type SchemaName = keyof typeof named;

for (const [id, schema] of Object.entries<z.ZodType>(named)) z.globalRegistry.add(schema, { id });

/** Keywords that zod does not generate. */
const additions: { [N in SchemaName]?: JsonSchema } = {
  NewPets: {
    minItems: 1,
    maxItems: MAX_ROWS,
    description:
      "Rows, each a `NewPet`. A row that is not valid fails alone, and the import reports its errors.",
  },
};

/** Collects the named schemas that a document refers to. */
export class Schemas {
  readonly #used = new Map<string, JsonSchema>();

  /** Returns a schema as its sender (`input`) or its receiver (`output`) uses it: by reference, if it has a name. */
  of(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const { $schema, $defs, ...json } = z.toJSONSchema(schema, {
      io,
      unrepresentable: "any",
      override: ({ jsonSchema }) => {
        // Clients must accept members that later versions add to responses.
        if (io === "output" && jsonSchema.additionalProperties === false) {
          delete jsonSchema.additionalProperties;
        }
      },
    }) as JsonSchema;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
      this.#add(name, definition);
    }
    return rewriteReferences(json);
  }

  /** The named schemas used so far, by name. */
  get components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#used].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #add(name: string, { id: _, ...definition }: JsonSchema): void {
    const example = exampleOf(name);
    this.#used.set(name, {
      ...rewriteReferences(definition),
      ...additions[name as SchemaName],
      ...(example !== undefined && { examples: [example] }),
    });
  }
}

/** Returns the example of a named schema; undefined if it has none. */
export const exampleOf = (name: string): unknown => (examples as Record<string, unknown>)[name];

/** Returns the schema with references to the document's components. */
const rewriteReferences = (json: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
