import type { PanelHandler } from "../runtime/panel.ts";
import { HttpError } from "../util/http-error.ts";

/**
 * Finds the handler of a request among routes such as `GET /api/tables/:name`.
 *
 * @returns the answer, to be sent as JSON
 * @throws {HttpError} 404 for a path that there is not, 405 for a method that it does not have,
 *   400 for one that is not encoded as it should be.
 */
export function dispatch(routes: Record<string, PanelHandler>, method: string, url: URL): unknown {
  const path = decode(url.pathname);
  let isKnown = false;
  for (const [route, handler] of Object.entries(routes)) {
    const [wanted, pattern = ""] = route.split(" ");
    const parameters = match(pattern.split("/"), path);
    if (!parameters) continue;
    if (wanted === method) return handler(parameters, queryOf(url));
    isKnown = true;
  }
  if (isKnown) throw new HttpError(405, `There is no ${method} of ${url.pathname}.`);
  throw new HttpError(404, `There is no ${url.pathname}.`);
}

function decode(path: string): string[] {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    throw new HttpError(400, "The path is not well-formed.");
  }
}

function match(pattern: string[], path: string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = path[index] as string;
    if (part.startsWith(":")) parameters[part.slice(1)] = given;
    else if (part !== given) return undefined;
  }
  return parameters;
}

/** Parameters that are empty, as forms send them, are none. */
function queryOf(url: URL): Record<string, string> {
  return Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ""));
}
