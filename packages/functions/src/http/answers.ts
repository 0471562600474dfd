/** What handlers answer. The types stay literal, so that the contract can hold each answer to its word. */

export const ok = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 200, body, headers }) as const;

export const created = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 201, body, headers }) as const;

export const accepted = <const B, const H extends object>(body: B, headers: H) =>
  ({ status: 202, body, headers }) as const;

export const noContent = () => ({ status: 204 }) as const;

export const notModified = <const H extends object>(headers: H) =>
  ({ status: 304, headers }) as const;
