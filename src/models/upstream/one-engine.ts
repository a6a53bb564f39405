import { type Clock, sleep } from "../../core/clock.ts";
import { whilePaused } from "../../core/context.ts";
import type { Engine } from "./engine.ts";
import { retryWait } from "./retry-wait.ts";
import type { Upstream, Used, WeightsAround } from "./upstream.ts";

export interface OneEngineOptions {
  /** Further tries of one call. Default 2. */
  readonly retries?: number | undefined;
  /** Longest wait worth making at the endpoint's request, milliseconds. Default 600,000. */
  readonly maxWaitMs?: number | undefined;
  /** Whether it is a router: it is told of each call's session, and its own retries are not multiplied. Default false. */
  readonly external?: boolean | undefined;
  readonly clock: Clock;
  /** Numbers in [0, 1) that spread retries. */
  readonly random: () => number;
}

/** An upstream of one endpoint: what may pass is tried again there, after a wait. */
export function oneEngine(engine: Engine, options: OneEngineOptions): Upstream {
  const { clock, random, external = false, maxWaitMs = 600_000 } = options;
  const retries = external ? 0 : (options.retries ?? 2);
  return {
    async call(ctx, site, use) {
      const placed = external && site.caller ? withSession(engine, site.caller.session) : engine;
      for (let tries = 1; ; tries++) {
        const used = await fitted(() => use(ctx, placed));
        if (used.kind === "done") return { value: used.value, replica: null, weights: UNKNOWN, tries };
        const remainingMs = ctx.deadline - clock.now();
        const wait = retryWait(used, { tries, retries, remainingMs, maxWaitMs, random: random() });
        if (wait === null) throw used.error;
        await whilePaused(ctx, () => sleep(clock, wait, ctx.signal));
      }
    },
    finish: () => undefined,
    close: () => engine.close(),
  };
}

/** Nobody tells of updates behind one URL but the engine itself. */
const UNKNOWN: WeightsAround = { before: null, after: null, isUpdated: false };

/** There is no other engine to ask, and this one's notes say now what it lacks. */
async function fitted<T>(use: () => Promise<Used<T>>): Promise<Exclude<Used<T>, { kind: "unfit" }>> {
  for (;;) {
    const used = await use();
    if (used.kind !== "unfit") return used;
  }
}

/** Names under which routers look for what keeps calls together: vllm-router, SGLang's, Dynamo. */
const SESSION_HEADERS = ["x-session-id", "x-smg-routing-key", "x-dynamo-session-id"];

function withSession(engine: Engine, session: string): Engine {
  const headers = Object.fromEntries(SESSION_HEADERS.map((name) => [name, session]));
  return { ...engine, post: (ctx, path, body) => engine.post(ctx, path, body, headers) };
}
