import { getDocs, getDocsFile, getOpenApi } from "./docs.ts";
import { getHealth } from "./health.ts";
import { createImport, getImport } from "./imports.ts";
import { getInventory } from "./inventory.ts";
import type { Operation } from "./operation.ts";
import { createPet, deletePet, getPet, listPets, patchPet, replacePet } from "./pets.ts";
import type { OperationName } from "./routes.ts";

/** The whole API. A handler imports only the operations of its entity, which keeps its bundle small. */
export const contract = {
  getHealth,
  listPets,
  createPet,
  getPet,
  replacePet,
  patchPet,
  deletePet,
  createImport,
  getImport,
  getInventory,
  getOpenApi,
  getDocs,
  getDocsFile,
} satisfies Record<OperationName, Operation>;
