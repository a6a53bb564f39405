import { rootContext, type CallContext } from "../../../src/core/context.ts";
import { openSession } from "../../../src/models/capture/open-session.ts";
import { type ModelFleetOptions, openFleet } from "../../../src/models/fleet/index.ts";
import { startStandIn, type StandInOptions, type StandInReplica } from "../../../src/models/stand-in/index.ts";
import type { PlacedCall } from "../../../src/models/port.ts";

export interface FleetSettings {
  /** Default 2. */
  readonly replicas?: number;
  readonly standIn?: StandInOptions;
  readonly fleet?: Partial<ModelFleetOptions>;
}

/** Asks for one turn; the answer may be scripted in `text` as the stand-in understands it. */
export function turn(text: string, params: Readonly<Record<string, unknown>> = {}) {
  const given = Object.entries(params).map(([key, value]): [string, string] => [key, JSON.stringify(value)]);
  return { params: new Map(given), input: [JSON.stringify({ role: "user", content: text })] };
}

/** Engines named r0, r1 …, and the fleet of them, each of them ready. */
export async function startFleet(
  closing: (close: () => unknown) => void,
  { replicas = 2, standIn = {}, fleet: options = {} }: FleetSettings = {},
) {
  /** Generations that were begun, by replica. */
  const begun = Array.from({ length: replicas }, () => 0);
  const { answer, ...rest } = standIn;
  const engines = await startStandIn({
    model: "m",
    speed: Infinity,
    replicas,
    ...rest,
    answer: (request) => {
      begun[request.replica] = (begun[request.replica] ?? 0) + 1;
      return answer?.(request);
    },
  });
  closing(() => engines.stop());
  const opened = openFleetOf(
    closing,
    engines.replicas.map(({ url }) => url),
    options,
  );
  await opened.ready();
  const engine = (index: number): StandInReplica => {
    const found = engines.replicas[index];
    if (!found) throw new Error(`there is no replica ${index}`);
    return found;
  };
  return { ...opened, engines, engine, begun, begunInAll: () => begun.reduce((sum, count) => sum + count, 0) };
}

/** A fleet of replicas r0, r1 … at these addresses. */
export function openFleetOf(
  closing: (close: () => unknown) => void,
  urls: readonly string[],
  options: Partial<ModelFleetOptions> = {},
) {
  const members = urls.map((url, i) => ({ id: `r${i}`, url }));
  const fleet = openFleet({ name: "policy", model: "m", tokens: true, members, watchEveryMs: 20, ...options });
  closing(() => fleet.close());
  const stateOf = (id: string) => fleet.snapshot().replicas.find((one) => one.id === id)?.state;
  return {
    fleet,
    stateOf,
    inFlight: () => fleet.snapshot().replicas.reduce((sum, replica) => sum + replica.inFlight, 0),
    ready: () => until(() => members.every(({ id }) => stateOf(id) === "ready")),
    /** One call of a session of its own. */
    ask: (session: string, request = turn("hello"), ctx: CallContext = rootContext()): Promise<PlacedCall> =>
      openSession(fleet.client, { session, group: null }).respond(ctx, request),
  };
}

/** Waits for what has to come to pass in 20 s. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`it did not come to pass: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
