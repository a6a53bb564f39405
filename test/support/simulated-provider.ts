import { type Clock, sleep } from "../../src/core/clock.ts";
import { orAborted } from "../../src/core/context.ts";
import type { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { type SandboxEnd, sandboxFault } from "../../src/sandbox/faults.ts";
import type { Sandbox, SandboxProvider } from "../../src/sandbox/port.ts";
import type { SandboxMode, SandboxSpec } from "../../src/sandbox/spec.ts";

/** What a simulated provider does next; asked for each call. */
export interface Behaviour {
  readonly mode?: SandboxMode;
  /** Milliseconds. */
  readonly createMs?: () => number;
  readonly removeMs?: () => number;
  readonly checkMs?: () => number;
  /** Thrown instead of making a sandbox. */
  readonly failure?: () => SandlotError | null;
}

/** A provider in memory that is as slow as its clock says, fails and loses sandboxes on command, and counts. */
export function simulatedProvider(clock: Clock, behaviour: Behaviour = {}) {
  const { mode = "B", createMs = () => 0, removeMs = () => 0, checkMs = () => 0, failure = () => null } = behaviour;
  const alive = new Map<string, { readonly spec: SandboxSpec; readonly end: (end: SandboxEnd) => void }>();
  const hung = new Set<string>();
  const worn = new Set<string>();
  const making = new Set<{ readonly spec: SandboxSpec }>();
  /** `most`: alive and being made at once. */
  const facts = { created: 0, most: 0 };

  const pause = (ms: number, signal?: AbortSignal) => (ms > 0 ? sleep(clock, ms, signal) : Promise.resolve());

  async function create(spec: SandboxSpec, signal: AbortSignal): Promise<Sandbox> {
    const creation = { spec };
    making.add(creation);
    try {
      await pause(createMs(), signal);
      const error = failure();
      if (error) throw error;
    } finally {
      making.delete(creation);
    }
    const id = `sbx_${++facts.created}`;
    let end: (end: SandboxEnd) => void = () => undefined;
    const ended = new Promise<SandboxEnd>((resolve) => (end = resolve));
    alive.set(id, { spec, end });
    facts.most = Math.max(facts.most, alive.size + making.size);
    const unused = () => Promise.reject(new Error("not used"));
    return {
      id,
      provider: "simulated",
      mode,
      image: spec.image,
      ended,
      get worn() {
        return worn.has(id);
      },
      run: unused,
      hold: unused,
      drop: () => undefined,
      openSession: unused,
      check: async (ctx) => {
        if (hung.has(id)) await orAborted(ctx, ended);
        else await pause(checkMs(), ctx.signal);
        if (!alive.has(id)) throw sandboxFault(id, { cause: "killed", detail: "" });
      },
    };
  }

  const provider: SandboxProvider = {
    name: "simulated",
    probe: () => Promise.resolve({ available: true, detail: "", facts: {} }),
    list: () => Promise.resolve([]),
    create: (ctx, spec) => create(spec, ctx.signal),
    async remove(_ctx, id) {
      await pause(removeMs());
      alive.get(id)?.end({ cause: "closed", detail: "" });
      alive.delete(id);
    },
  };
  return {
    provider,
    /** Makes sandboxes without a self-test. */
    maker: {
      create: (...args: Parameters<SandboxProvider["create"]>) => provider.create(...args),
      isProved: () => true,
      sandboxIds: [],
      close: () => Promise.resolve(),
    },
    alive,
    making,
    facts,
    /** Ends a sandbox as somebody outside would. */
    lose(id: string) {
      alive.get(id)?.end({ cause: "killed", detail: "" });
      alive.delete(id);
    },
    /** From now on it lives and does not answer. */
    hang: (id: string) => void hung.add(id),
    wearOut: (id: string) => void worn.add(id),
  };
}
