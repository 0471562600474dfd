import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { startRpcServer } from "@petstore/offline/synth/rpc";
import { describe, expect, it, onTestFinished } from "vitest";

describe("the server for SST's JSON-RPC calls", () => {
  // An open connection would keep the recorder's process alive until its idle timeout.
  it("closes the connection of a caller that would keep it open", async () => {
    const server = await startRpcServer("/app", "/app/out", () => {});
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const call = request(`${server}/rpc`, { method: "POST", agent });

    call.end(JSON.stringify({ method: "Provider.Aws.Bootstrap", params: [{}] }));
    const [response] = (await once(call, "response")) as [IncomingMessage];
    const { result } = (await json(response)) as { result: object };

    expect(result).toMatchObject({ asset: "sst-asset" });
    expect(response.headers.connection).toBe("close");
    expect(agent.freeSockets).toEqual({});
  });
});
