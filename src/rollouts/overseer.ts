import type { Clock } from "../core/clock.ts";
import { rootContext } from "../core/context.ts";
import type { Logger } from "../core/logger.ts";
import type { RolloutQueue } from "../store/port.ts";
import { Rounds } from "./rounds.ts";
import type { Signals } from "./signals.ts";

export interface OverseerOptions {
  readonly queue: Pick<RolloutQueue, "reclaim" | "endOverdue">;
  readonly signals: Signals;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Ends of groups, jobs and cancellations by their deadlines come so much late at most, milliseconds. */
const OVERDUE_MS = 1_000;

/**
 * Takes rollouts from workers that are gone, and ends what is overdue. It runs in every process, also in those that play nothing:
 * deadlines and cancellations come although all workers are dead.
 */
export class Overseer {
  readonly #options: OverseerOptions;
  readonly #rounds: Rounds;

  constructor(options: OverseerOptions) {
    this.#options = options;
    this.#rounds = new Rounds(options);
  }

  start(): void {
    const { leaseMs, random } = this.#options;
    // Processes that were started together do not look together.
    const about = (ms: number) => () => ms * (0.75 + random() / 4);
    this.#rounds.every(about(leaseMs), "rollouts of lost workers could not be looked for", () => this.#reclaim());
    this.#rounds.every(about(OVERDUE_MS), "what is overdue could not be ended", () => this.#endOverdue());
  }

  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #reclaim(): Promise<void> {
    const { queue, signals, logger } = this.#options;
    const reclaimed = await queue.reclaim(rootContext({ logger }));
    if (reclaimed === 0) return;
    logger.warn({ reclaimed }, "rollouts of lost workers were queued again");
    signals.work();
  }

  async #endOverdue(): Promise<void> {
    const { queue, signals, logger } = this.#options;
    const ended = await queue.endOverdue(rootContext({ logger }));
    if (ended === 0) return;
    logger.info({ ended }, "rollouts ended whose time was over");
    // Groups that are complete now may let others begin.
    signals.work();
  }
}
