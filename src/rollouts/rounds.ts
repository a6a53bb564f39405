import type { Clock } from "../core/clock.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";

/** Work that comes again and again, until it is stopped. A round that fails is logged, and the next one comes all the same. */
export class Rounds {
  readonly #options: { readonly clock: Clock; readonly logger: Logger };
  readonly #stops: (() => Promise<void>)[] = [];

  constructor(options: { readonly clock: Clock; readonly logger: Logger }) {
    this.#options = options;
  }

  /** Works `waitMs()` milliseconds after the end of the round before, the first time after the same wait. */
  every(waitMs: () => number, problem: string, work: () => Promise<void>): void {
    const { clock, logger } = this.#options;
    let isStopped = false;
    let cancel: () => void = () => undefined;
    let running: Promise<void> = Promise.resolve();
    const round = () => {
      cancel = clock.after(waitMs(), () => {
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

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#stops.splice(0).map((stop) => stop()));
  }
}
