import { bob } from "../../support/users.ts";
import { call } from "./call.ts";
import {
  type Command,
  canBecome,
  changeFields,
  check,
  type Fields,
  type Model,
  type ModelPet,
  matchesModel,
  type Real,
  toStoredFields,
} from "./model.ts";

export const create = (body: Fields, key: string | undefined): Command => ({
  check: () => true,
  toString: () => `create ${JSON.stringify(body)} ${key ?? ""}`,
  async run(model, real) {
    const headers: [string, string][] = key ? [["idempotency-key", key]] : [];
    const response = await call(real, "createPet", { headers, body });
    check(response.status === 201, "not created", response);
    check(response.json.ownerId === real.me.sub, "wrong owner", response);
    const index = model.created++;
    real.ids[index] = response.json.id;
    real.etags[index] = response.headers.etag as string;
    const pet = {
      index,
      fields: toStoredFields(body),
      version: 1,
      ...(key && { creation: { key, body } }),
    };
    model.pets.push(pet);
    check(matchesModel(response.json, pet), "not the pet that was sent", { response, pet });
    if (!key) return;
    const again = await call(real, "createPet", { headers, body });
    check(again.json.id === response.json.id, "a repeat created another pet", again);
    check(again.headers["idempotency-replayed"] === "true", "not marked as replayed", again);
  },
});

/** Returns a command for one of the existing pets. */
const forPet = (
  name: string,
  pick: number,
  act: (pet: ModelPet, id: string, real: Real, model: Model) => Promise<void>,
): Command => ({
  check: ({ pets }) => pets.length > 0,
  toString: () => `${name} #${pick}`,
  async run(model, real) {
    const pet = model.pets[pick % model.pets.length] as ModelPet;
    await act(pet, real.ids[pet.index] as string, real, model);
  },
});

export const read = (pick: number) =>
  forPet("read", pick, async (pet, id, real) => {
    const response = await call(real, "getPet", { id });
    check(matchesModel(response.json, pet), "not the expected pet", { response, pet });
    const headers: [string, string][] = [["if-none-match", real.etags[pet.index] as string]];
    const fresh = await call(real, "getPet", { id, headers });
    check(fresh.status === 304, "no 304 for the current ETag", fresh);
  });

/** Changes a pet, with its current ETag or with one that it never had. */
export const change = (
  name: "patchPet" | "replacePet",
  pick: number,
  body: Fields,
  stale: boolean,
) =>
  forPet(`${name} ${JSON.stringify(body)} ${stale}`, pick, async (pet, id, real) => {
    const etag = stale ? '"stale"' : (real.etags[pet.index] as string);
    const headers: [string, string][] = [["if-match", etag]];
    const response = await call(real, name, { id, headers, body });
    if (stale) return check(response.status === 412, "a stale version was accepted", response);
    const next = changeFields(pet.fields, name, body);
    if (!canBecome(pet.fields.status, next.status)) {
      return check(response.status === 409, "an adoption was undone", response);
    }
    Object.assign(pet, { fields: next, version: pet.version + 1 });
    check(response.status === 200, "not changed", response);
    check(response.headers.etag !== etag, "changed without a new ETag", response);
    real.etags[pet.index] = response.headers.etag as string;
    check(matchesModel(response.json, pet), "not the expected change", { response, pet });
  });

/** Tries to change another caller's pet. The next read of the pet must be unchanged. */
export const changeAnothers = (name: "patchPet" | "deletePet", pick: number) =>
  forPet(`another caller's ${name}`, pick, async (_, id, real) => {
    const body = name === "patchPet" ? { name: "Stolen" } : undefined;
    const response = await call(real, name, { id, body, user: bob });
    check(response.status === 403, "another caller's pet was changed", response);
  });

export const remove = (pick: number) =>
  forPet("delete", pick, async (pet, id, real, model) => {
    const response = await call(real, "deletePet", { id });
    check(response.status === 204, "not deleted", response);
    model.pets.splice(model.pets.indexOf(pet), 1);
    const gone = await call(real, "getPet", { id });
    check(gone.status === 404, "not found expected", gone);
    if (!pet.creation) return;
    const { key, body } = pet.creation;
    const repeat = await call(real, "createPet", { headers: [["idempotency-key", key]], body });
    check(repeat.status === 409, "created again by a repeat", repeat);
  });
