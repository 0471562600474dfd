/** Whether tests try all cases (`npm run test:long`), and not only one of each kind (`npm test`). */
export const isThorough = process.env.THOROUGH === "true";

/** Returns all cases, or one of them. */
export const casesOf = <T>(all: readonly T[]): readonly T[] => (isThorough ? all : all.slice(0, 1));
