import { type Clock, sleep } from "../core/clock.ts";
import { type CallContext, throwIfEnded } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { JobRow, Store } from "../store/port.ts";
import type { Signals } from "./signals.ts";

/** News of other processes may be lost, and what only time brings has none: looked for so often, milliseconds. */
export const POLL_MS = 1_000;
/** Between two looks: every finished rollout of a job is news to all who wait for it. Milliseconds. */
export const GAP_MS = 100;

/** What there is for the one who waits. The job was read before: when it had ended, what is found is the last word. */
export type Look<T> = (job: JobRow) => Promise<{ readonly answer: T; readonly isFinal: boolean }>;

interface LookOptions<T> {
  readonly store: Pick<Store, "jobs">;
  readonly signals: Signals;
  readonly clock: Clock;
  readonly jobId: string;
  readonly waitMs: number;
  readonly look: Look<T>;
}

/** Looks at a job, at once and with its news, until the answer is final or the wait is over. `not_found` for the job. */
export async function lookUntil<T>(ctx: CallContext, options: LookOptions<T>): Promise<T> {
  const { store, signals, clock, jobId, look } = options;
  const until = clock.monotonic() + options.waitMs;
  for (;;) {
    throwIfEnded(ctx);
    const now = clock.monotonic();
    const left = until - now;
    // Listening before looking: nothing that comes in between is missed.
    const timeoutMs = Math.min(POLL_MS, left);
    const changed = left >= 1 ? signals.nextProgress(ctx, jobId, { clock, timeoutMs }) : null;
    const job = await store.jobs.get(ctx, jobId);
    if (!job) throw new SandlotError("not_found", { kind: "job", id: jobId });
    const { answer, isFinal } = await look(job);
    if (isFinal || changed === null) return answer;
    await changed;
    throwIfEnded(ctx);
    const early = Math.min(now + GAP_MS, until) - clock.monotonic();
    if (early > 0) await sleep(clock, early, ctx.signal);
  }
}
