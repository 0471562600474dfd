import { createServer } from "node:http";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { respondToBrokenRequests } from "@petstore/offline/services/apigateway/gateway";
import { describe, expect, it } from "vitest";

describe("respondToBrokenRequests", () => {
  it.each([
    ["HPE_INVALID_METHOD", "400 Bad Request"],
    ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"],
    ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout"],
  ])("responds to %s with %s and closes the connection", async (code, status) => {
    const server = createServer();
    respondToBrokenRequests(server);
    const socket = new PassThrough();
    server.emit("clientError", Object.assign(new Error(code), { code }), socket);
    const answer = await text(socket);
    expect(answer.startsWith(`HTTP/1.1 ${status}\r\n`)).toBe(true);
    const [, head, body] = /^(.*)\r\n\r\n(.*)$/s.exec(answer) ?? [];
    expect(JSON.parse(body ?? "")).toEqual({ message: status.slice(4) });
    expect(head).toContain(`content-length: ${body?.length}`);
  });
});
