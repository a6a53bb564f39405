import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { rootContext, withScope } from "../../core/context.ts";
import { connectTcp } from "./connect-tcp.ts";

const ctx = rootContext();
let server: Server | null = null;
afterEach(() => server?.close());

async function listen(port = 0): Promise<number> {
  server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

async function freePort(): Promise<number> {
  const port = await listen();
  server?.close();
  await once(server as Server, "close");
  return port;
}

describe("the connection to an agent by TCP", () => {
  it("waits until somebody listens", async () => {
    const port = await freePort();
    const connecting = connectTcp(ctx, { host: "127.0.0.1", port }, systemClock);
    await new Promise((resolve) => setTimeout(resolve, 120));
    await listen(port);
    const socket = await connecting;
    expect(socket.readyState).toBe("open");
    socket.destroy();
  });

  it("ends with its context, whether nobody listens or nobody answers", async () => {
    const scope = { timeoutMs: 100, waitingFor: "the agent", clock: systemClock };
    // The second address is never assigned to anybody.
    for (const host of ["127.0.0.1", "192.0.2.1"]) {
      const port = await freePort();
      const connecting = withScope(ctx, scope, (within) => connectTcp(within, { host, port }, systemClock));
      await expect(connecting).rejects.toMatchObject({ code: "deadline_exceeded" });
    }
  });

  it("leaves errors that come later to whoever reads", async () => {
    const port = await listen();
    server?.on("connection", (peer) => setTimeout(() => peer.resetAndDestroy(), 50));
    const socket = await connectTcp(ctx, { host: "127.0.0.1", port }, systemClock);
    if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
    expect(socket.destroyed).toBe(true);
  });
});
