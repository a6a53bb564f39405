import type { Refusal } from "./call.ts";
import type { Lease } from "./lease.ts";

/** A place in the balancer's queue. Settles once: with a lease, or with a refusal. */
export class Ticket {
  readonly kind = "ticket";
  readonly #onCancel: () => void;
  #result: Lease | Refusal | null = null;
  #listener: ((result: Lease | Refusal) => void) | null = null;

  constructor(onCancel: () => void) {
    this.#onCancel = onCancel;
  }

  get result(): Lease | Refusal | null {
    return this.#result;
  }

  /** Called once, at once when it has settled already. Whoever listens owns the lease. Must not throw. */
  onSettled(listener: (result: Lease | Refusal) => void): void {
    this.#listener = listener;
    if (this.#result) listener(this.#result);
  }

  /** The caller does not wait any longer: settles as `cancelled`, unless it has settled. */
  cancel(): void {
    if (this.#result) return;
    this.#onCancel();
    this.settle({ kind: "refusal", reason: "cancelled" });
  }

  /** For the balancer. */
  settle(result: Lease | Refusal): void {
    if (this.#result) return;
    this.#result = result;
    this.#listener?.(result);
  }
}
