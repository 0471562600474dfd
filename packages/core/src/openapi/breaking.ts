/**
 * What of a new OpenAPI document breaks clients that were made for an older one, a sentence each.
 *
 * Our own, for want of a library: those for npm know OpenAPI 3.0 at most, or are programs in Go that
 * are downloaded when they are installed. It knows as much of OpenAPI as our document uses.
 */
export function breakingChanges(older: object, newer: object): string[] {
  const before = resolver(older);
  const after = resolver(newer);
  const found: string[] = [];
  for (const [path, item] of members(before(older, "paths"))) {
    for (const [method, was] of members(item)) {
      const where = `${method.toUpperCase()} ${path}`;
      const is = after(newer, "paths", path, method);
      if (is) found.push(...ofOperation(where, was, is));
      else found.push(`${where} is gone`);
    }
  }
  return found;

  function ofOperation(where: string, was: unknown, is: unknown): string[] {
    return [
      ...ofSecurity(where, before(was, "security"), after(is, "security")),
      ...ofParameters(where, before(was, "parameters"), after(is, "parameters")),
      ...ofContents(where, before(was, "requestBody"), after(is, "requestBody"), "request"),
      ...members(before(was, "responses")).flatMap(([status, answer]) => {
        const at = `${where} ${status}`;
        const now = after(is, "responses", status);
        if (!now) return [`${at} is gone`];
        return [...ofHeaders(at, answer, now), ...ofContents(at, before(answer), now, "response")];
      }),
    ];
  }

  function ofSecurity(where: string, was: unknown, is: unknown): string[] {
    const scopes = (security: unknown) => JSON.stringify(security ?? []);
    return scopes(was) === scopes(is) ? [] : [`${where} asks for other rights: ${scopes(is)}`];
  }

  function ofParameters(where: string, was: unknown, is: unknown): string[] {
    const nameOf = (parameter: unknown) =>
      `${before(parameter, "in")} parameter ${before(parameter, "name")}`;
    const old = new Map(list(was).map((parameter) => [nameOf(parameter), parameter]));
    const now = new Map(list(is).map((parameter) => [nameOf(parameter), parameter]));
    return [
      ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `${where}: no ${name}`),
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
      if (!now) return [`${where}: no header ${name}`];
      const mayLack = before(header, "required") && !after(now, "required");
      return mayLack ? [`${where}: the header ${name} may be absent now`] : [];
    });
  }

  function ofContents(where: string, was: unknown, is: unknown, side: Side): string[] {
    return members(before(was, "content")).flatMap(([type, content]) => {
      const now = after(is, "content", type);
      if (!now) return [`${where}: no ${side} in ${type}`];
      return ofSchema(`${where} ${side}`, before(content, "schema"), after(now, "schema"), side);
    });
  }

  function ofSchema(where: string, was: unknown, is: unknown, side: Side): string[] {
    const old = new Set(list(before(was, "required")));
    const now = new Set(list(after(is, "required")));
    const [demanding, demanded] = side === "request" ? [now, old] : [old, now];
    return [
      ...[...demanding]
        .filter((name) => !demanded.has(name))
        .map(
          (name) => `${where}: ${name} ${side === "request" ? "is required" : "may be absent"} now`,
        ),
      ...ofValues(where, was, is, side),
      ...members(before(was, "properties")).flatMap(([name, property]) => {
        const other = after(is, "properties", name);
        if (!other) return [`${where}: no ${name}`];
        return ofSchema(`${where}/${name}`, before(property), other, side);
      }),
      ...(before(was, "items") && after(is, "items")
        ? ofSchema(`${where}/*`, before(was, "items"), after(is, "items"), side)
        : []),
    ];
  }

  /** Whether what was sent is taken still, and what was answered is all that is. */
  function ofValues(where: string, was: unknown, is: unknown, side: Side): string[] {
    const [narrow, wide] = side === "request" ? [before(was, "enum"), after(is, "enum")] : [];
    const lost = list(narrow).filter((value) => wide && !list(wide).includes(value));
    const differing = ["type", "const", "format", ...(side === "request" ? limits : [])].filter(
      (keyword) =>
        JSON.stringify(before(was, keyword)) !== JSON.stringify(after(is, keyword)) &&
        !(limits.includes(keyword) && after(is, keyword) === undefined),
    );
    return [
      ...lost.map((value) => `${where}: ${value} is not taken any more`),
      ...differing.map((keyword) => `${where}: another ${keyword}: ${after(is, keyword)}`),
    ];
  }
}

type Side = "request" | "response";

/** What narrows a value. That it goes is no harm; that it changes may be. */
const limits = ["pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];

/** Reads a document: what is at the end of a path from a value, with references followed. */
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
