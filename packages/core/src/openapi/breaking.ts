/**
 * Returns the changes of an OpenAPI document that break clients of the older one, one sentence each.
 *
 * npm has no suitable library: they support OpenAPI 3.0 at most, or download Go programs during the
 * installation. This function supports the features that our document uses.
 */
export function breakingChanges(older: object, newer: object): string[] {
  const before = resolver(older);
  const after = resolver(newer);
  const changes: string[] = [];
  for (const [path, item] of members(before(older, "paths"))) {
    for (const [method, was] of members(item)) {
      const where = `${method.toUpperCase()} ${path}`;
      const is = after(newer, "paths", path, method);
      if (is) changes.push(...ofOperation(where, was, is));
      else changes.push(`${where} was removed`);
    }
  }
  return changes;

  function ofOperation(where: string, was: unknown, is: unknown): string[] {
    return [
      ...ofSecurity(where, before(was, "security"), after(is, "security")),
      ...ofParameters(where, before(was, "parameters"), after(is, "parameters")),
      ...ofContents(where, before(was, "requestBody"), after(is, "requestBody"), "request"),
      ...members(before(was, "responses")).flatMap(([status, response]) => {
        const at = `${where} ${status}`;
        const now = after(is, "responses", status);
        if (!now) return [`${at} was removed`];
        return [
          ...ofHeaders(at, response, now),
          ...ofContents(at, before(response), now, "response"),
        ];
      }),
    ];
  }

  function ofSecurity(where: string, was: unknown, is: unknown): string[] {
    const scopes = (security: unknown) => JSON.stringify(security ?? []);
    return scopes(was) === scopes(is)
      ? []
      : [`${where} has other security requirements: ${scopes(is)}`];
  }

  function ofParameters(where: string, was: unknown, is: unknown): string[] {
    const nameOf = (parameter: unknown) =>
      `${before(parameter, "in")} parameter ${before(parameter, "name")}`;
    const old = new Map(list(was).map((parameter) => [nameOf(parameter), parameter]));
    const now = new Map(list(is).map((parameter) => [nameOf(parameter), parameter]));
    return [
      ...[...old.keys()]
        .filter((name) => !now.has(name))
        .map((name) => `${where}: ${name} was removed`),
      ...[...now].flatMap(([name, parameter]) => {
        const past = old.get(name);
        const at = `${where}: ${name}`;
        const becameRequired = after(parameter, "required") && !before(past, "required");
        return [
          ...(becameRequired ? [`${at} is required now`] : []),
          ...(past
            ? ofSchema(at, before(past, "schema"), after(parameter, "schema"), "request")
            : []),
        ];
      }),
    ];
  }

  function ofHeaders(where: string, was: unknown, is: unknown): string[] {
    return members(before(was, "headers")).flatMap(([name, header]) => {
      const now = after(is, "headers", name);
      if (!now) return [`${where}: the header ${name} was removed`];
      const isOptionalNow = before(header, "required") && !after(now, "required");
      return isOptionalNow ? [`${where}: the header ${name} may be absent now`] : [];
    });
  }

  function ofContents(where: string, was: unknown, is: unknown, side: Side): string[] {
    return members(before(was, "content")).flatMap(([type, content]) => {
      const now = after(is, "content", type);
      if (!now) return [`${where}: the ${side} in ${type} was removed`];
      return ofSchema(`${where} ${side}`, before(content, "schema"), after(now, "schema"), side);
    });
  }

  function ofSchema(where: string, was: unknown, is: unknown, side: Side): string[] {
    const old = new Set(list(before(was, "required")));
    const now = new Set(list(after(is, "required")));
    const [requiredNow, requiredBefore] = side === "request" ? [now, old] : [old, now];
    return [
      ...[...requiredNow]
        .filter((name) => !requiredBefore.has(name))
        .map(
          (name) => `${where}: ${name} ${side === "request" ? "is required" : "may be absent"} now`,
        ),
      ...ofValues(where, was, is, side),
      ...members(before(was, "properties")).flatMap(([name, property]) => {
        const other = after(is, "properties", name);
        if (!other) return [`${where}: ${name} was removed`];
        return ofSchema(`${where}/${name}`, before(property), other, side);
      }),
      ...(before(was, "items") && after(is, "items")
        ? ofSchema(`${where}/*`, before(was, "items"), after(is, "items"), side)
        : []),
    ];
  }

  /** Compares the values that a request may have, and that a response can have. */
  function ofValues(where: string, was: unknown, is: unknown, side: Side): string[] {
    const [narrow, wide] = side === "request" ? [before(was, "enum"), after(is, "enum")] : [];
    const removed = list(narrow).filter((value) => wide && !list(wide).includes(value));
    const differing = ["type", "const", "format", ...(side === "request" ? limits : [])].filter(
      (keyword) =>
        JSON.stringify(before(was, keyword)) !== JSON.stringify(after(is, keyword)) &&
        !(limits.includes(keyword) && after(is, keyword) === undefined),
    );
    return [
      ...removed.map((value) => `${where}: ${value} is not accepted any more`),
      ...differing.map((keyword) => `${where}: ${keyword} is now ${after(is, keyword)}`),
    ];
  }
}

type Side = "request" | "response";

/** Keywords that limit a request. Removing one breaks no client, changing one may. */
const limits = ["pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];

/** Returns a function that reads a path from a value of the document, and follows references. */
function resolver(document: object) {
  const follow = (value: unknown): unknown => {
    const reference = (value as { $ref?: string } | undefined)?.$ref;
    return reference ? read(document, ...reference.slice(2).split("/")) : value;
  };
  const read = (value: unknown, ...path: string[]): unknown =>
    path.reduce(
      (at, name) => follow((at as Record<string, unknown> | undefined)?.[name]),
      follow(value),
    );
  return read;
}

const members = (value: unknown): [string, unknown][] => Object.entries(value ?? {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
