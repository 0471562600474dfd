import type { IncomingHttpHeaders } from "node:http";

/** What is wrong with a request, for its answer. */
export interface Refusal {
  status: 403;
  message: string;
}

/**
 * Who may ask: only pages that the console itself has served, and programs of this machine. Without
 * the first check, a page of any site could have its own host name lead here (DNS rebinding) and
 * read everything; without the second, it could send what it cannot read the answer of.
 *
 * @returns nothing if the request is welcome
 */
export function refusalOf(
  method: string,
  { host, origin }: IncomingHttpHeaders,
  port: number,
): Refusal | undefined {
  const hosts = [`localhost:${port}`, `127.0.0.1:${port}`];
  if (!hosts.includes(host ?? "")) {
    return { status: 403, message: `The console answers to ${hosts.join(" and ")} only.` };
  }
  const isChange = method !== "GET" && method !== "HEAD";
  if (isChange && !hosts.some((name) => origin === `http://${name}`)) {
    return { status: 403, message: "Only the console's own page may change anything." };
  }
  return undefined;
}
