import type { Claims } from "@petstore/jwt-authorizer/verify-token";

/**
 * Returns the claims as functions get them: text, all of them, without those that are null. How other
 * values become text is not documented; lists were measured to come as Go prints them, `[a b]`, so
 * objects do here as well.
 */
export function claimTexts(claims: Claims): Record<string, string> {
  // No prototype: a claim may be called `__proto__`.
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(claims)) {
    if (value !== null) texts[name] = text(value);
  }
  return texts;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(" ")}]`;
  if (value === null) return "<nil>";
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, item]) => `${name}:${text(item)}`).join(" ")}]`;
}

/**
 * Returns the scopes that a token grants, in `scope` or `scp`: separated by spaces, or in a list, of
 * which each element is one scope.
 */
export function grantedScopes({ scope, scp }: Claims): Set<string> {
  const scopes = [scope, scp].flatMap((claim) =>
    typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [],
  );
  return new Set(scopes.filter((one) => one !== ""));
}
