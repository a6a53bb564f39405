import type { Clock } from "../core/clock.ts";
import { rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
import type { SandboxOwner, SandboxProvider } from "./port.ts";

export interface ReaperOptions {
  readonly provider: SandboxProvider;
  readonly owner: SandboxOwner;
  /** Sandboxes that this server answers for now. */
  readonly known: () => readonly string[];
  /** True when no other server can share this installation: everything that is not ours is left over. */
  readonly alone: boolean;
  /** Milliseconds between rounds, default 30 s. */
  readonly everyMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Removes sandboxes of this installation that nobody answers for: left by a server that was killed, or that outlived
 * a failed removal. A sandbox of another living server is left alone until it has expired.
 */
export class Reaper {
  readonly #options: ReaperOptions;
  /** Ours, but unknown to the pools: being made, or lost. Only lost ones are still unknown in the next round. */
  #suspects = new Set<string>();
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(options: ReaperOptions) {
    this.#options = options;
  }

  /** One round now, then one every `everyMs`. Answers how many it removed now. */
  async start(): Promise<number> {
    const removed = await this.round();
    this.#schedule();
    return removed;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** Lists and removes; a provider that does not answer is tried again in the next round. */
  async round(): Promise<number> {
    const { provider, owner, known, alone, clock, logger } = this.#options;
    const ctx = rootContext({ logger });
    let removed = 0;
    try {
      const living = new Set(known());
      const suspects = new Set<string>();
      for (const listing of await provider.list(ctx)) {
        if (listing.installation !== owner.installation || living.has(listing.id)) continue;
        const ours = listing.owner === owner.owner;
        if (ours && !this.#suspects.has(listing.id)) suspects.add(listing.id);
        else if (ours || alone || listing.expiresAt < clock.now()) {
          await provider.remove(ctx, listing.id);
          removed++;
        }
      }
      this.#suspects = suspects;
      if (removed > 0) logger.info({ removed }, "left-over sandboxes removed");
    } catch (error) {
      logger.warn({ error: SandlotError.from(error).report() }, "left-over sandboxes could not be looked for");
    }
    return removed;
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(this.#options.everyMs ?? 30_000, () => {
      void this.round().finally(() => this.#schedule());
    });
  }
}
