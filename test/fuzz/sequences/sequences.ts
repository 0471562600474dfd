import fc from "fast-check";
import { someone } from "../../support/users.ts";
import { valid } from "../arbitraries.ts";
import { document } from "../document.ts";
import type { Received } from "../send.ts";
import type { Api } from "../senders.ts";
import { importRows, list } from "./many.ts";
import type { Fields } from "./model.ts";
import { change, create, read, remove, trespass } from "./pets.ts";

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
  fc.tuple(fc.constantFrom("patchPet", "deletePet"), pick).map((of) => trespass(...of)),
  pick.map(remove),
  fc
    .tuple(fc.constantFrom("dog", "cat"), fc.integer({ min: 2, max: 100 }))
    .map((of) => list(...of)),
  fc
    .tuple(fc.array(newPet, { minLength: 1, maxLength: 3 }), fc.nat(2))
    .map((of) => importRows(...of)),
];

/** Sequences of commands: what each is answered, and what is there afterwards, is as in a model of it. */
export function anySequence(api: Api, onAnswer: (answer: Received) => void) {
  return fc.asyncProperty(fc.commands(commands, { maxCommands: 20, size: "max" }), (sequence) =>
    fc.asyncModelRun(
      // Each in the name of somebody new: nobody's keys and lists are in its way.
      () => ({
        model: { pets: [], made: 0 },
        real: { api, me: someone(), ids: [], etags: [], onAnswer },
      }),
      sequence,
    ),
  );
}
