import type { Clock } from "../../core/clock.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { ClaimedRollout, RolloutQueue } from "../../store/port.ts";
import { Rounds } from "../rounds.ts";

export interface LeasesOptions {
  readonly queue: RolloutQueue;
  readonly worker: string;
  readonly leaseMs: number;
  /** Rollouts in flight. */
  readonly active: () => readonly ClaimedRollout[];
  /** Ends the attempt at one of them, where it still runs. */
  readonly abort: (rollout: ClaimedRollout, reason: SandlotError) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Leases of one statement: thousands in one would hold up everything else on both sides. */
const RENEWED_AT_ONCE = 500;

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

/** Keeps the leases of one worker, and tells it which of them it has lost. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #rounds: Rounds;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#rounds = new Rounds(options);
  }

  start(): void {
    const { leaseMs } = this.#options;
    this.#rounds.every(
      () => leaseMs / 3,
      "leases could not be renewed",
      () => this.#renew(),
    );
  }

  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #renew(): Promise<void> {
    const { queue, worker, leaseMs, active, abort, logger } = this.#options;
    const claimed = active();
    for (let start = 0; start < claimed.length; start += RENEWED_AT_ONCE) {
      const rollouts = claimed.slice(start, start + RENEWED_AT_ONCE);
      const { held, cancelling } = await queue.renew(rootContext({ logger }), { worker, rollouts, leaseMs });
      const stillHeld = new Set(held.map(claimKey));
      for (const one of rollouts) if (!stillHeld.has(claimKey(one))) abort(one, leaseLostError(one.id));
      for (const one of cancelling) abort(one, cancelledError());
    }
  }
}
