import { type Status, statuses } from "@petstore/core/pets/pet";
import { assertStatusTransition } from "@petstore/core/pets/update";
import { describe, expect, it } from "vitest";

const allowed = ["available>pending", "available>adopted", "pending>available", "pending>adopted"];
const transitions = statuses.flatMap((from) => statuses.map((to): [Status, Status] => [from, to]));

describe("assertStatusTransition", () => {
  it.each(transitions)("allows or refuses the transition from %s to %s", (from, to) => {
    const attempt = () => assertStatusTransition(from, to);

    if (from === to || allowed.includes(`${from}>${to}`)) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(`A pet that is ${from} cannot become ${to}`);
  });
});
