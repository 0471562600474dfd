import { bob } from "../../support/users.ts";
import { call } from "./call.ts";
import {
  type Command,
  changed,
  check,
  type Fields,
  isAsModelled,
  kept,
  type Model,
  type ModelPet,
  mayBecome,
  type Real,
} from "./model.ts";

export const create = (body: Fields, key: string | undefined): Command => ({
  check: () => true,
  toString: () => `create ${JSON.stringify(body)} ${key ?? ""}`,
  async run(model, real) {
    const headers: [string, string][] = key ? [["idempotency-key", key]] : [];
    const answer = await call(real, "createPet", { headers, body });
    check(answer.status === 201, "not created", answer);
    check(answer.json.ownerId === real.me.sub, "another's", answer);
    const index = model.made++;
    real.ids[index] = answer.json.id;
    real.etags[index] = answer.headers.etag as string;
    const pet = { index, fields: kept(body), version: 1, ...(key && { creation: { key, body } }) };
    model.pets.push(pet);
    check(isAsModelled(answer.json, pet), "another pet than was sent", { answer, pet });
    if (!key) return;
    const again = await call(real, "createPet", { headers, body });
    check(again.json.id === answer.json.id, "a repeat made another pet", again);
    check(again.headers["idempotency-replayed"] === "true", "not said to be replayed", again);
  },
});

/** A command for one of the pets there are. */
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
    const answer = await call(real, "getPet", { id });
    check(isAsModelled(answer.json, pet), "another pet than is there", { answer, pet });
    const headers: [string, string][] = [["if-none-match", real.etags[pet.index] as string]];
    const fresh = await call(real, "getPet", { id, headers });
    check(fresh.status === 304, "not known to be fresh", fresh);
  });

/** A change, with the ETag that the pet has, or with one that it never had. */
export const change = (
  name: "patchPet" | "replacePet",
  pick: number,
  body: Fields,
  stale: boolean,
) =>
  forPet(`${name} ${JSON.stringify(body)} ${stale}`, pick, async (pet, id, real) => {
    const etag = stale ? '"stale"' : (real.etags[pet.index] as string);
    const headers: [string, string][] = [["if-match", etag]];
    const answer = await call(real, name, { id, headers, body });
    if (stale) return check(answer.status === 412, "a stale version was taken", answer);
    const next = changed(pet.fields, name, body);
    if (!mayBecome(pet.fields.status, next.status)) {
      return check(answer.status === 409, "an adoption was undone", answer);
    }
    Object.assign(pet, { fields: next, version: pet.version + 1 });
    check(answer.status === 200, "not changed", answer);
    check(answer.headers.etag !== etag, "changed, but the ETag did not", answer);
    real.etags[pet.index] = answer.headers.etag as string;
    check(isAsModelled(answer.json, pet), "changed to another pet", { answer, pet });
  });

/** What somebody else may not do, whatever the version. What is read next must be as before. */
export const trespass = (name: "patchPet" | "deletePet", pick: number) =>
  forPet(`another's ${name}`, pick, async (_, id, real) => {
    const body = name === "patchPet" ? { name: "Stolen" } : undefined;
    const answer = await call(real, name, { id, body, user: bob });
    check(answer.status === 403, "another's was touched", answer);
  });

export const remove = (pick: number) =>
  forPet("delete", pick, async (pet, id, real, model) => {
    const answer = await call(real, "deletePet", { id });
    check(answer.status === 204, "not deleted", answer);
    model.pets.splice(model.pets.indexOf(pet), 1);
    const gone = await call(real, "getPet", { id });
    check(gone.status === 404, "still there", gone);
    if (!pet.creation) return;
    const { key, body } = pet.creation;
    const repeat = await call(real, "createPet", { headers: [["idempotency-key", key]], body });
    check(repeat.status === 409, "created again by a repeat", repeat);
  });
