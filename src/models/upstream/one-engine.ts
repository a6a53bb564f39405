import { type Clock, sleep } from "../../core/clock.ts";
import type { Engine } from "./engine.ts";
import { retryWait } from "./retry-wait.ts";
import type { Upstream } from "./upstream.ts";

export interface OneEngineOptions {
  /** Further tries of one call. Default 2. */
  readonly retries?: number | undefined;
  /** Longest wait worth making at the endpoint's request, milliseconds. Default 600,000. */
  readonly maxWaitMs?: number | undefined;
  readonly clock: Clock;
  /** Numbers in [0, 1) that spread retries. */
  readonly random: () => number;
}

/** An upstream of one endpoint: what may pass is tried again there, after a wait. */
export function oneEngine(engine: Engine, options: OneEngineOptions): Upstream {
  const { clock, random, retries = 2, maxWaitMs = 600_000 } = options;
  return {
    async call(ctx, _site, use) {
      for (let tries = 1; ; tries++) {
        const used = await use(ctx, engine);
        if (used.kind === "done")
          return { value: used.value, replica: null, weights: { before: null, after: null }, tries };
        const remainingMs = ctx.deadline - clock.now();
        const wait = retryWait(used, { tries, retries, remainingMs, maxWaitMs, random: random() });
        if (wait === null) throw used.error;
        await sleep(clock, wait, ctx.signal);
      }
    },
    finish: () => undefined,
    close: () => engine.close(),
  };
}
