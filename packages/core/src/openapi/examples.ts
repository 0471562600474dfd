const pet = {
  id: "f1a71b3d-747f-8a4d-ba2a-852ed9781758",
  name: "Rex",
  species: "dog",
  breed: "Beagle",
  birthDate: "2024-02-29",
  tags: ["friendly"],
  status: "available",
  ownerId: "anna",
  version: 1,
  createdAt: "2026-01-31T09:30:00.000Z",
  updatedAt: "2026-01-31T09:30:00.000Z",
};
const petFields = { name: "Rex", species: "dog", breed: "Beagle", tags: ["friendly"] };
const completedImport = {
  id: "05e9fe60-014c-849e-b483-77b2d3046d44",
  state: "completed",
  rows: 2,
  imported: 1,
  failed: 1,
  createdAt: "2026-01-31T09:30:00.000Z",
  completedAt: "2026-01-31T09:30:01.250Z",
};
const rowError = { row: 2, errors: [{ pointer: "/species", detail: "Invalid option" }] };
const none = { available: 0, pending: 0, adopted: 0 };
const dogs = { available: 2, pending: 0, adopted: 1 };

/** An example of every body, by the name of its schema in `schemas.ts`. Tests validate them. */
export const examples = {
  Health: { status: "ok" },
  Import: { ...completedImport, state: "running", imported: 0, failed: 0, completedAt: undefined },
  ImportReport: { ...completedImport, errors: [rowError] },
  Inventory: {
    total: 3,
    status: dogs,
    species: {
      dog: dogs,
      cat: none,
      bird: none,
      fish: none,
      rabbit: none,
      reptile: none,
      other: none,
    },
  },
  NewPet: petFields,
  NewPets: [petFields, { name: "Luna", species: "cat" }],
  OpenApi: { openapi: "3.1.1" },
  Pet: pet,
  PetPage: { items: [pet], nextCursor: "WyJbbnVsbCxudWxsLG51bGxdIl0" },
  // The docs page sends PetReplacement and then PetPatch to the same pet, and `adopted` is final.
  PetPatch: { status: "adopted", breed: null },
  PetReplacement: { ...petFields, status: "pending" },
  RowError: rowError,
};
