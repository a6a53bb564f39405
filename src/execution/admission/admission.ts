import type { CallContext } from "../../core/context.ts";
import type { Permit } from "./gate.ts";

interface Turns {
  next(ctx: CallContext): Permit | Promise<Permit>;
  ended(): void;
}

/** Work that has been let in: it has its first permit, and gets further ones in its turn, without being refused. */
export class Admission {
  /** Milliseconds it waited to be let in. */
  readonly queueMs: number;
  readonly #turns: Turns;
  #first: Permit | null;
  #ended = false;

  constructor(first: Permit, turns: Turns) {
    this.#first = first;
    this.#turns = turns;
    this.queueMs = first.queueMs;
  }

  /** The first permit when nobody has taken it, else one for which it waits like others. */
  permit(ctx: CallContext): Permit | Promise<Permit> {
    const first = this.#first;
    this.#first = null;
    return first ?? this.#turns.next(ctx);
  }

  /** Leaves. Permits that are out are given back by whoever holds them. Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#first?.release();
    this.#first = null;
    this.#turns.ended();
  }
}
