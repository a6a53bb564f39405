import type { OutcomeCounts, TruncationCounts } from "../../contract/metrics.ts";
import { OUTCOMES, TRUNCATIONS } from "../../core/outcome.ts";

/** Zero of each. */
export const noOutcomes = () => Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as OutcomeCounts;
export const noTruncations = () => Object.fromEntries(TRUNCATIONS.map((limit) => [limit, 0])) as TruncationCounts;

/** Names that are counted: codes and statuses are few, and whoever invents more must not fill the memory. */
const MAX_NAMES = 256;

/** Counts by name, most frequent first when they are read. */
export class NameCounts {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const count = this.#counts.get(name);
    if (count !== undefined || this.#counts.size < MAX_NAMES) this.#counts.set(name, (count ?? 0) + 1);
  }

  most(limit: number): Record<string, number> {
    const ordered = Array.from(this.#counts).sort((a, b) => b[1] - a[1]);
    return Object.fromEntries(ordered.slice(0, limit));
  }
}
