import { createConnection, createServer, type Server, type Socket } from "node:net";

/** A way to Postgres that can be cut: what runs over it then is neither answered nor ended, as when a network is lost. */
export interface Proxy {
  readonly port: number;
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function openProxy(socketPath: string): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  const server: Server = createServer((near) => {
    const far = createConnection(socketPath);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on("error", end).on("close", end);
    near.pipe(far);
    far.pipe(near);
    if (isCut) silence(pair);
  });
  const silence = (pair: readonly [Socket, Socket]) => {
    for (const socket of pair) socket.unpipe().pause();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a port was expected");
  return {
    port: address.port,
    cut() {
      isCut = true;
      for (const pair of pairs) silence(pair);
    },
    heal() {
      isCut = false;
      // What was under way when it was cut is lost.
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
    },
    async close() {
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
