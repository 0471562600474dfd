import { getDocsFile } from "./docs/file.ts";
import { getOpenApi } from "./docs/openapi.ts";
import { getDocs } from "./docs/page.ts";
import { getHealth } from "./health/get.ts";
import { createImport } from "./imports/create.ts";
import { getImport } from "./imports/get.ts";
import { getInventory } from "./inventory/get.ts";
import type { Operation } from "./operation.ts";
import { createPet } from "./pets/create.ts";
import { deletePet } from "./pets/delete.ts";
import { getPet } from "./pets/get.ts";
import { listPets } from "./pets/list.ts";
import { patchPet } from "./pets/patch.ts";
import { replacePet } from "./pets/replace.ts";
import type { OperationName } from "./routes.ts";

/** The whole API. A handler imports its own operation only, so that its bundle holds nothing else. */
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
