/** The scopes of tokens. `pets:admin` includes the others, and access to the pets of all callers. */
export type Scope = "pets:write" | "pets:import" | "pets:admin";

/**
 * Every operation's name, route key and scope; an operation without a scope is public. This file has
 * no imports: infrastructure needs only this part of the contract, so that editing a schema does not
 * affect infrastructure.
 */
export const routes = {
  getHealth: { route: "GET /api/health" },
  listPets: { route: "GET /api/pets" },
  createPet: { route: "POST /api/pets", scope: "pets:write" },
  getPet: { route: "GET /api/pets/{id}" },
  replacePet: { route: "PUT /api/pets/{id}", scope: "pets:write" },
  patchPet: { route: "PATCH /api/pets/{id}", scope: "pets:write" },
  deletePet: { route: "DELETE /api/pets/{id}", scope: "pets:write" },
  createImport: { route: "POST /api/imports", scope: "pets:import" },
  getImport: { route: "GET /api/imports/{id}", scope: "pets:import" },
  getInventory: { route: "GET /api/inventory" },
  getOpenApi: { route: "GET /api/openapi.json" },
  getDocs: { route: "GET /api/docs" },
  getDocsFile: { route: "GET /api/docs/{file}" },
} as const satisfies Record<string, { route: string; scope?: Scope }>;

export type OperationName = keyof typeof routes;

/**
 * Returns the route keys of an operation. A GET also handles HEAD, which
 * has the same response without a body (RFC 9110, sections 9.1 and 9.3.2).
 */
export const routeKeysOf = (route: string): string[] =>
  route.startsWith("GET ") ? [route, route.replace("GET", "HEAD")] : [route];
