import type { IncomingHttpHeaders } from "node:http";

/** A loopback name or address with a port. Browsers resolve none of them through DNS. */
const LOOPBACK_HOST = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i;

/**
 * Checks that a request does not come from a web page of another origin. Such a page can send
 * requests to every port of this machine. With its own host name that resolves to 127.0.0.1
 * (DNS rebinding) it can read the responses as well, so `Host` must be a loopback name. `Origin`,
 * which browsers send with every POST and every cross-origin `fetch`, must be that of the server.
 * Programs send no `Origin`.
 * https://fetch.spec.whatwg.org/#origin-header
 *
 * @returns why the request is refused (403), or undefined
 */
export function checkOrigin({ host, origin }: IncomingHttpHeaders): string | undefined {
  if (!LOOPBACK_HOST.test(host ?? "")) {
    return `The host ${host} is not served: use localhost or 127.0.0.1.`;
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return `Web pages of another origin may not call this server: ${origin} is not http://${host}.`;
  }
  return undefined;
}
