import type { CallContext } from "../../core/context.ts";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import { LinkedList } from "../../core/linked-list.ts";
import type { Member } from "./member.ts";

/** Someone who waits for a sandbox, and what to tell him. */
export interface Waiter {
  readonly exclusive: boolean;
  readonly give: (member: Member) => void;
  readonly refuse: (error: SandlotError) => void;
}

interface Waiting extends Waiter {
  readonly turn: number;
}

export interface WaitOptions {
  readonly exclusive: boolean;
  /** From `nextTurn`: who has had a member that was not well, and waits again, waits in front. */
  readonly turn: number;
}

/** Leases that wait for a sandbox: first come, first served, as far as what there is suits them. */
export class Waiters {
  readonly #shared = new LinkedList<Waiting>();
  readonly #exclusive = new LinkedList<Waiting>();
  #turns = 0;

  get shared(): number {
    return this.#shared.size;
  }

  get exclusive(): number {
    return this.#exclusive.size;
  }

  get size(): number {
    return this.shared + this.exclusive;
  }

  /** A number in the order of arrival. */
  nextTurn(): number {
    return ++this.#turns;
  }

  /** Resolves with a member; rejects with the signal's reason, or with what he is refused with. */
  wait(ctx: CallContext, { exclusive, turn }: WaitOptions): Promise<Member> {
    const { signal } = ctx;
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const queue = exclusive ? this.#exclusive : this.#shared;
    return new Promise((resolve, reject) => {
      const give = (member: Member) => {
        signal.removeEventListener("abort", onAbort);
        resolve(member);
      };
      const refuse = (error: SandlotError) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      };
      const waiting = { exclusive, turn, give, refuse };
      const entry = queue.first && turn < queue.first.turn ? queue.addFirst(waiting) : queue.addLast(waiting);
      const onAbort = () => {
        queue.remove(entry);
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Takes out who has waited longest among those that can be served; null when there is nobody. */
  next(available: { readonly shared: boolean; readonly exclusive: boolean }): Waiter | null {
    const shared = available.shared ? this.#shared.first : null;
    const exclusive = available.exclusive ? this.#exclusive.first : null;
    if (!shared && !exclusive) return null;
    const isShared = shared !== null && (exclusive === null || shared.turn < exclusive.turn);
    return (isShared ? this.#shared : this.#exclusive).takeFirst();
  }

  refuseAll(error: SandlotError): void {
    for (const queue of [this.#shared, this.#exclusive]) {
      for (let waiter = queue.takeFirst(); waiter; waiter = queue.takeFirst()) waiter.refuse(error);
    }
  }
}
