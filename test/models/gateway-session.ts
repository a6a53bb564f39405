import OpenAI from "openai";
import type { BranchSample } from "../../src/contract/samples.ts";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { GatewayListener } from "../../src/models/gateway/listener.ts";
import type { GatewaySession } from "../../src/models/gateway/session.ts";
import { GatewaySessions } from "../../src/models/gateway/sessions.ts";
import type { GatewayObserver } from "../../src/models/metrics/observers.ts";
import type { ModelClient } from "../../src/models/port.ts";

export interface GatewaySessionSettings {
  readonly sampling?: ReadonlyMap<string, string>;
  readonly maxCalls?: number;
  readonly maxBytes?: number;
  readonly keepAliveMs?: number;
  readonly bodyBytes?: number;
  readonly observer?: GatewayObserver;
}

/** A gateway before a model, with one session; `closing` takes what has to be closed. */
export async function openGatewaySession(
  client: ModelClient,
  closing: (close: () => unknown) => void,
  { sampling = new Map(), maxCalls = 100, maxBytes = 1 << 20, ...options }: GatewaySessionSettings = {},
) {
  const sessions = new GatewaySessions({ clock: systemClock, logger: silentLogger });
  closing(() => sessions.close());
  const at = { host: "127.0.0.1", port: 0, clock: systemClock, logger: silentLogger };
  const listener = await GatewayListener.start({ sessions, ...at, ...options });
  closing(() => listener.close());
  const { session, token } = sessions.open({
    tenant: "default",
    client,
    group: null,
    sampling,
    bounds: { expiresAt: Date.now() + 60_000, maxCalls, maxBytes },
  });
  const root = `http://127.0.0.1:${listener.port}/r/${token}`;
  const openai = new OpenAI({ baseURL: `${root}/v1`, apiKey: "none", maxRetries: 0 });
  return { session, sessions, root, openai };
}

/** What a trainer gets of a session, at once. */
export function samplesOf({ captured }: GatewaySession): BranchSample[] {
  return captured.samples.page(0).items;
}
