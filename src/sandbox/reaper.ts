import pLimit from "p-limit";
import type { Clock } from "../core/clock.ts";
import { type CallContext, rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
import type { SandboxListing, SandboxOwner, SandboxProvider } from "./port.ts";

/** Removals at once: a server that was killed may have left hundreds. */
const PARALLEL = 4;
const MAKING_MS = 300_000;

export interface ReaperOptions {
  readonly provider: SandboxProvider;
  readonly owner: SandboxOwner;
  /** Sandboxes that this server answers for now. */
  readonly known: () => readonly string[];
  /** True when no other server can share this installation: everything that is not ours is left over. */
  readonly alone: boolean;
  /** Milliseconds between rounds, default 30 s. */
  readonly everyMs?: number;
  /** How long one of ours that no pool knows may be in the making; then it is lost. Milliseconds, default 5 min. */
  readonly makingMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Removes sandboxes of this installation that nobody answers for: left by a server that was killed, or that outlived
 * a failed removal. A sandbox of another living server is left alone until it has expired.
 */
export class Reaper {
  readonly #options: ReaperOptions;
  /** Ours, but unknown to the pools, and when that was first seen: being made, or lost. */
  #suspects = new Map<string, number>();
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

  /** Lists and removes. What the provider cannot do now is tried again in the next round. */
  async round(): Promise<number> {
    const { provider, logger } = this.#options;
    const ctx = rootContext({ logger });
    let removed = 0;
    try {
      const limit = pLimit(PARALLEL);
      const leftOver = this.#leftOver(await provider.list(ctx));
      const counts = await Promise.all(leftOver.map((id) => limit(() => this.#remove(ctx, id))));
      removed = counts.reduce((sum, count) => sum + count, 0);
    } catch (error) {
      logger.warn({ error: SandlotError.from(error).report() }, "left-over sandboxes could not be looked for");
    }
    if (removed > 0) logger.info({ removed }, "left-over sandboxes removed");
    return removed;
  }

  #leftOver(listings: readonly SandboxListing[]): string[] {
    const { owner, known, alone, makingMs = MAKING_MS, clock } = this.#options;
    const living = new Set(known());
    const suspects = new Map<string, number>();
    const leftOver: string[] = [];
    for (const listing of listings) {
      if (listing.installation !== owner.installation || living.has(listing.id)) continue;
      if (listing.owner === owner.owner) {
        const since = this.#suspects.get(listing.id);
        const isLost = since !== undefined && clock.monotonic() - since >= makingMs;
        if (isLost) leftOver.push(listing.id);
        suspects.set(listing.id, since ?? clock.monotonic());
      } else if (alone || listing.expiresAt < clock.now()) leftOver.push(listing.id);
    }
    this.#suspects = suspects;
    return leftOver;
  }

  /** 1 when it is gone; one that cannot be removed keeps none of the others. */
  async #remove(ctx: CallContext, id: string): Promise<number> {
    const { provider, logger } = this.#options;
    try {
      await provider.remove(ctx, id);
      return 1;
    } catch (error) {
      logger.warn(
        { sandbox_id: id, error: SandlotError.from(error).report() },
        "a left-over sandbox could not be removed",
      );
      return 0;
    }
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(this.#options.everyMs ?? 30_000, () => {
      void this.round().finally(() => this.#schedule());
    });
  }
}
