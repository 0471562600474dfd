/** What may be wrong with changing a pet, whatever the change. */
export const changeProblems = [
  "not-authenticated",
  "not-found",
  "not-owner",
  "precondition-failed",
  "concurrent-change",
] as const;
