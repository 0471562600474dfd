import fc from "fast-check";
import { someone } from "../../support/users.ts";
import { valid } from "../arbitraries.ts";
import { document } from "../document.ts";
import type { Received } from "../send.ts";
import type { Api } from "../senders.ts";
import { importRows, list } from "./many.ts";
import type { Fields } from "./model.ts";
import { change, changeAnothers, create, read, remove } from "./pets.ts";

const schemaOf = (name: string) => valid(document.components.schemas[name]) as fc.Arbitrary<Fields>;
const newPet = schemaOf("NewPet");
const key = fc.option(fc.uuid(), { nil: undefined });
const pick = fc.nat(20);
const stale = fc.nat(3).map((one) => one === 3);

const creation = fc.tuple(newPet, key).map(([body, key]) => create(body, key));
const commands = [
  creation,
  creation,
  pick.map(read),
  fc.tuple(pick, schemaOf("PetPatch"), stale).map((of) => change("patchPet", ...of)),
  fc.tuple(pick, schemaOf("PetReplacement"), stale).map((of) => change("replacePet", ...of)),
  fc.tuple(fc.constantFrom("patchPet", "deletePet"), pick).map((of) => changeAnothers(...of)),
  pick.map(remove),
  fc
    .tuple(fc.constantFrom("dog", "cat"), fc.integer({ min: 2, max: 100 }))
    .map((of) => list(...of)),
  fc
    .tuple(fc.array(newPet, { minLength: 1, maxLength: 3 }), fc.nat(2))
    .map((of) => importRows(...of)),
];

/** Checks for sequences of commands that responses and state are those of a model. */
export function anySequence(api: Api, onResponse: (response: Received) => void) {
  return fc.asyncProperty(fc.commands(commands, { maxCommands: 20, size: "max" }), (sequence) =>
    fc.asyncModelRun(
      // Each sequence has a new caller, so keys and lists of others do not affect it.
      () => ({
        model: { pets: [], created: 0 },
        real: { api, me: someone(), ids: [], etags: [], onResponse },
      }),
      sequence,
    ),
  );
}
