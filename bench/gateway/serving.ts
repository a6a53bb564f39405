/**
 * The processes of the gateway's bench that are ours: stand-in engines, the gateway as it ships, and the least that a proxy of
 * Node can be. `serving.ts ROLE ARGS…`; each tells where it listens and ends with its parent.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Agent } from "undici";
import { systemClock } from "../../src/core/clock.ts";
import { rootContext } from "../../src/core/context.ts";
import { LISTEN_BACKLOG } from "../../src/core/listen-backlog.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { ModelGateway, openFleet, startStandIn } from "../../src/models/index.ts";

/** What a parent may ask of the gateway. */
export type Asked = "delay" | { readonly model: string; readonly count: number };

/** Median. */
const ANSWER_TOKENS = 100;

const ROLES: Readonly<Record<string, (args: readonly string[]) => Promise<readonly string[]>>> = {
  // Every answer takes as many seconds, whatever is asked and however many ask; 0: none.
  engines: async ([replicas, seconds]) => {
    const perCall = { sequenceMs: 0, contextMs: 0, prefillMs: { perThousand: 0, perThousandSquared: 0 } };
    const room = { kvTokens: 20_000_000, blockTokens: 256, maxSequences: 16_384, stepTokens: 1e9 };
    const engines = await startStandIn({
      model: "m",
      replicas: Number(replicas),
      speed: seconds === "0" ? Infinity : 1,
      maxModelLength: 1_000_000,
      engine: { stepMs: (1000 * Number(seconds)) / ANSWER_TOKENS, ...perCall, ...room },
      answerLength: { median: ANSWER_TOKENS, sigma: 0.1 },
    });
    process.once("disconnect", () => void engines.stop());
    return engines.replicas.map(({ url }) => url);
  },
  gateway: serveGateway,
  node: serveProxy,
};

const [, , role = "", ...args] = process.argv;
process.send?.((await ROLES[role]?.(args)) ?? []);

async function serveGateway(urls: readonly string[]): Promise<readonly string[]> {
  const members = urls.map((url, at) => ({ id: `r${at}`, url, maxInFlight: 2_048 }));
  const fleets = ["exact", "plain"].map((name) =>
    openFleet({ name, model: "m", api: "chat", tokens: name === "exact", members }),
  );
  const models = new Map(fleets.map(({ client }) => [client.name, client]));
  const where = { host: "127.0.0.1", port: 0, publicUrl: null };
  const gateway = new ModelGateway({ models, ...where, clock: systemClock, logger: silentLogger });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const open = async (model: string): Promise<string> => {
    const bounds = { group: null, sampling: new Map(), lifetimeMs: 3_600_000, maxCalls: 1_000 };
    return (await gateway.open(rootContext(), { model, ...bounds })).root;
  };
  process.on("message", (asked: Asked) => {
    if (asked === "delay") {
      process.send?.(delay.percentile(99) / 1e6);
      delay.reset();
      return;
    }
    void Promise.all(Array.from({ length: asked.count }, () => open(asked.model))).then((roots) =>
      process.send?.(roots),
    );
  });
  process.once("disconnect", () => void Promise.all([gateway.close(), ...fleets.map((fleet) => fleet.close())]));
  return [];
}

/** Hands bytes on, and knows nothing of what they mean. */
async function serveProxy(urls: readonly string[]): Promise<readonly string[]> {
  const agent = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 });
  let next = 0;
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const origin = urls[next++ % urls.length] ?? "";
      const headers = { "content-type": "application/json" };
      const asked = { origin, path: req.url ?? "/", method: "POST", headers, body: Buffer.concat(chunks) } as const;
      agent.request(asked).then(
        async (answer) => {
          const body = Buffer.from(await answer.body.arrayBuffer());
          res.writeHead(answer.statusCode, { ...headers, "content-length": body.length }).end(body);
        },
        () => res.writeHead(502).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: LISTEN_BACKLOG }, resolve));
  process.once("disconnect", () => {
    server.close();
    server.closeAllConnections();
    void agent.destroy();
  });
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
}
