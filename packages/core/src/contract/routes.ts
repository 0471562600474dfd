/**
 * Every operation's name and route key. A table of its own, with nothing behind it: infrastructure
 * needs no more of the contract than this, so editing a schema does not touch infrastructure.
 */
export const routes = {
  getHealth: "GET /api/health",
  listPets: "GET /api/pets",
  createPet: "POST /api/pets",
  getPet: "GET /api/pets/{id}",
  replacePet: "PUT /api/pets/{id}",
  patchPet: "PATCH /api/pets/{id}",
  deletePet: "DELETE /api/pets/{id}",
  createImport: "POST /api/imports",
  getImport: "GET /api/imports/{id}",
  getInventory: "GET /api/inventory",
} as const;

export type OperationName = keyof typeof routes;
