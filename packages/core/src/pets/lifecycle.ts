import { Problem } from "../problems/problem.ts";
import type { Status } from "./pet.ts";

/** Where a pet may go from each status: an adoption may fall through, but is final once made. */
const next: Record<Status, readonly Status[]> = {
  available: ["pending", "adopted"],
  pending: ["available", "adopted"],
  adopted: [],
};

/** @throws Problem `status-transition` */
export function assertTransition(from: Status, to: Status): void {
  if (from === to || next[from].includes(to)) return;
  const allowed = next[from].length ? `only ${next[from].join(" or ")}` : "no other";
  throw new Problem(
    "status-transition",
    `A pet that is ${from} cannot become ${to}: ${allowed} is possible.`,
  );
}
