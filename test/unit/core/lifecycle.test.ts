import { type Status, statuses } from "@petstore/core/pets/pet";
import { assertTransition } from "@petstore/core/pets/update";
import { expect, it } from "vitest";

const allowed = ["available>pending", "available>adopted", "pending>available", "pending>adopted"];
const every = statuses.flatMap((from) => statuses.map((to): [Status, Status] => [from, to]));

it.each(every)("from %s to %s", (from, to) => {
  const attempt = () => assertTransition(from, to);
  if (from === to || allowed.includes(`${from}>${to}`)) expect(attempt).not.toThrow();
  else expect(attempt).toThrow(`A pet that is ${from} cannot become ${to}`);
});
