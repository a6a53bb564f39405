import type { Clock } from "../../core/clock.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { ClaimedRollout, RolloutQueue } from "../../store/port.ts";

export interface LeasesOptions {
  readonly queue: RolloutQueue;
  readonly worker: string;
  readonly leaseMs: number;
  /** Rollouts in flight. */
  readonly active: () => readonly ClaimedRollout[];
  /** Ends the attempt at one of them, where it still runs. */
  readonly abort: (rollout: ClaimedRollout, reason: SandlotError) => void;
  /** Rollouts went back to the queue. */
  readonly onQueued: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Leases of one statement: thousands in one would hold up everything else on both sides. */
const RENEWED_AT_ONCE = 500;
/** Ends of groups, jobs and cancellations by their deadlines come so much late at most, milliseconds. */
const OVERDUE_MS = 1_000;

/** Tells the claims of one rollout apart. */
export function claimKey({ id, fence }: ClaimedRollout): string {
  return `${id} ${fence}`;
}

/** What ends an attempt whose rollout is somebody else's, or the same worker's anew. */
export function leaseLostError(rolloutId: string): SandlotError {
  return new SandlotError("lease_lost", { rollout_id: rolloutId });
}

/** What ends the attempts of a job that is cancelled. */
export function cancelledError(): SandlotError {
  return new SandlotError("cancelled", { detail: "the job was cancelled" });
}

/** Keeps the leases of one worker, takes those that others have lost, and ends what is overdue. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #stops: (() => Promise<void>)[] = [];

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  start(): void {
    const { leaseMs } = this.#options;
    this.#every(leaseMs / 3, "leases could not be renewed", () => this.#renew());
    this.#every(leaseMs, "rollouts of lost workers could not be looked for", () => this.#reclaim());
    this.#every(OVERDUE_MS, "what is overdue could not be ended", () => this.#endOverdue());
  }

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#stops.splice(0).map((stop) => stop()));
  }

  async #renew(): Promise<void> {
    const { queue, worker, leaseMs, active, abort } = this.#options;
    const claimed = active();
    for (let start = 0; start < claimed.length; start += RENEWED_AT_ONCE) {
      const rollouts = claimed.slice(start, start + RENEWED_AT_ONCE);
      const { held, cancelling } = await queue.renew(this.#context(), { worker, rollouts, leaseMs });
      const stillHeld = new Set(held.map(claimKey));
      for (const one of rollouts) if (!stillHeld.has(claimKey(one))) abort(one, leaseLostError(one.id));
      for (const one of cancelling) abort(one, cancelledError());
    }
  }

  async #reclaim(): Promise<void> {
    const { queue, onQueued, logger } = this.#options;
    const reclaimed = await queue.reclaim(this.#context());
    if (reclaimed === 0) return;
    logger.warn({ reclaimed }, "rollouts of lost workers were queued again");
    onQueued();
  }

  async #endOverdue(): Promise<void> {
    const { queue, logger } = this.#options;
    const ended = await queue.endOverdue(this.#context());
    if (ended > 0) logger.info({ ended }, "rollouts ended whose time was over");
  }

  #context() {
    return rootContext({ logger: this.#options.logger });
  }

  /** Works every `ms`, one round after the other. */
  #every(ms: number, problem: string, work: () => Promise<void>): void {
    const { clock, logger } = this.#options;
    let isStopped = false;
    let cancel: () => void = () => undefined;
    let running: Promise<void> = Promise.resolve();
    const round = () => {
      cancel = clock.after(ms, () => {
        running = work()
          .catch((error: unknown) => logger.warn({ error: SandlotError.from(error).report() }, problem))
          .finally(() => !isStopped && round());
      });
    };
    round();
    this.#stops.push(() => {
      isStopped = true;
      cancel();
      return running;
    });
  }
}
