import type { RescoreTally } from "../contract/rescores.ts";
import type { Judgement } from "../core/outcome.ts";

/** Counts what a rescore comes to. */
export class RescoreCounter {
  readonly #ids: Pick<RescoreTally, "id" | "job_id" | "finished">;
  readonly #before = new Mean();
  readonly #after = new Mean();
  #rescored = 0;
  #skipped = 0;
  #masked = 0;
  #flipped = 0;

  constructor(ids: Pick<RescoreTally, "id" | "job_id" | "finished">) {
    this.#ids = ids;
  }

  skip(): void {
    this.#skipped++;
  }

  /** Answers whether the reward is another one. */
  add(before: Judgement, after: Judgement): boolean {
    this.#rescored++;
    if (after.masked) this.#masked++;
    this.#before.add(before.reward);
    this.#after.add(after.reward);
    const isFlip = before.reward !== after.reward;
    if (isFlip) this.#flipped++;
    return isFlip;
  }

  view(): RescoreTally {
    return {
      ...this.#ids,
      rescored: this.#rescored,
      skipped: this.#skipped,
      masked: this.#masked,
      flipped: this.#flipped,
      mean_before: this.#before.value,
      mean_after: this.#after.value,
    };
  }
}

class Mean {
  #sum = 0;
  #count = 0;

  add(value: number | null): void {
    if (value === null) return;
    this.#sum += value;
    this.#count++;
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}
