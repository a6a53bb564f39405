import type { CallContext } from "../../core/context.ts";
import { LinkedList, type ListEntry } from "../../core/linked-list.ts";

/** Calls that wait to be let in, in the order in which they came. Who no longer wants to leaves from wherever it stands. */
export class WaitingLine {
  readonly #waiting = new LinkedList<() => void>();

  get length(): number {
    return this.#waiting.size;
  }

  /** Resolves when let in; rejects with the context's reason. */
  wait({ signal }: CallContext): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        this.#waiting.remove(entry);
        reject(signal.reason as Error);
      };
      const entry: ListEntry<() => void> = this.#waiting.addLast(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Lets the first `count` in, as far as there are so many. */
  admit(count: number): void {
    for (let left = Math.min(count, this.length); left > 0; left--) this.#waiting.takeFirst()?.();
  }
}
