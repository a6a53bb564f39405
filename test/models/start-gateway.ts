import { createOpenAiClient, startStandIn, type StandInOptions } from "../../src/models/index.ts";
import { type GatewaySessionSettings, openGatewaySession } from "./gateway-session.ts";

export const ADD = {
  name: "add",
  description: "Add two integers",
  parameters: {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "integer" } },
    required: ["a", "b"],
  },
};

interface Start extends GatewaySessionSettings {
  readonly standIn?: StandInOptions;
}

/** A gateway before a stand-in, with one session; `closing` takes what has to be closed. */
export async function startGateway(closing: (close: () => unknown) => void, { standIn = {}, ...session }: Start = {}) {
  const engine = await startStandIn({ model: "m", speed: Infinity, ...standIn });
  closing(() => engine.stop());
  const url = engine.replicas[0]?.url ?? "";
  const client = createOpenAiClient({ name: "policy", url, model: "m", tokens: true });
  closing(() => client.close());
  return { engine, ...(await openGatewaySession(client, closing, session)) };
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>;
