import OpenAI from "openai";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { GatewayListener } from "../../src/models/gateway/listener.ts";
import { GatewaySessions } from "../../src/models/gateway/sessions.ts";
import { createOpenAiClient, openSession, startStandIn, type StandInOptions } from "../../src/models/index.ts";

export const ADD = {
  name: "add",
  description: "Add two integers",
  parameters: {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "integer" } },
    required: ["a", "b"],
  },
};

interface Start {
  readonly standIn?: StandInOptions;
  readonly sampling?: ReadonlyMap<string, string>;
  readonly maxCalls?: number;
  readonly keepAliveMs?: number;
  readonly bodyBytes?: number;
}

/** A gateway before a stand-in, with one session. `closers` get what ends it, in order. */
export async function startGateway(
  closers: (() => unknown)[],
  { standIn = {}, sampling = new Map(), maxCalls = 100, ...options }: Start = {},
) {
  const engine = await startStandIn({ model: "m", speed: Infinity, ...standIn });
  closers.push(() => engine.stop());
  const url = engine.replicas[0]?.url ?? "";
  const client = createOpenAiClient({ name: "policy", url, model: "m", tokens: true });
  closers.push(() => client.close());
  const sessions = new GatewaySessions({ clock: systemClock });
  closers.push(() => sessions.close());
  const listener = await GatewayListener.start({
    sessions,
    host: "127.0.0.1",
    port: 0,
    clock: systemClock,
    logger: silentLogger,
    ...options,
  });
  closers.push(() => listener.close());
  const { session, token } = sessions.open({
    tenant: "default",
    model: openSession(client, { session: "s", group: null }),
    names: new Set(["policy", "m"]),
    sampling,
    bounds: { expiresAt: Date.now() + 60_000, maxCalls },
  });
  const root = `http://127.0.0.1:${listener.port}/r/${token}`;
  const openai = new OpenAI({ baseURL: `${root}/v1`, apiKey: "none", maxRetries: 0 });
  return { engine, session, sessions, root, openai };
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>;
