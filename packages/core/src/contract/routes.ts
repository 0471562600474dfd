/**
 * What a token may be good for. `pets:admin` is good for all that the others are, and for everybody's
 * pets.
 */
export type Scope = "pets:write" | "pets:import" | "pets:admin";

/**
 * Every operation's name, route key, and the scope a caller needs; without one it is public. A table
 * of its own, with nothing behind it: infrastructure needs no more of the contract than this, so
 * editing a schema does not touch infrastructure.
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
 * Returns the route keys that lead to an operation: its own, and for a GET that of HEAD, which
 * has the same response without a body (RFC 9110, sections 9.1 and 9.3.2).
 */
export const routeKeysOf = (route: string): string[] =>
  route.startsWith("GET ") ? [route, route.replace("GET", "HEAD")] : [route];
