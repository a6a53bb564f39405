import type { Rollout } from "../../contract/rollouts.ts";
import { count, decimal } from "../terminal/format.ts";
import type { Screen } from "../terminal/screen.ts";
import { table } from "../terminal/table.ts";

/** How each verdict is called when it is met in a demo. */
const KINDS: Readonly<Record<string, string>> = {
  wrong_answer: "wrong answers",
  runtime_error: "crashes",
  time_limit: "endless or slow: stopped at the time limit",
  memory_limit: "memory-hungry: stopped at the memory limit",
  output_limit: "flooding: stopped at the output limit",
  disk_limit: "filled their disk",
  process_limit: "made too many processes",
  compile_error: "no valid program",
  no_tests: "ended before they answered",
  tampered: "tampered with their test",
};

/** Reasons whose rollouts show the most, best first. */
const TELLING = ["memory_limit", "time_limit", "output_limit", "runtime_error", "wrong_answer"];

/** Counts finished rollouts by why they failed, with what they were worth. */
export class FailureCounts {
  readonly #kinds = new Map<
    string,
    { count: number; readonly rewards: Set<number | null>; readonly example: string }
  >();

  add({ id, outcome, reason, reward }: Rollout): void {
    // What was called off did not fail.
    if (reason === null || outcome === "cancelled") return;
    const kind = this.#kinds.get(reason) ?? { count: 0, rewards: new Set(), example: id };
    kind.count++;
    kind.rewards.add(reward);
    this.#kinds.set(reason, kind);
  }

  /** A rollout that failed, for the most telling reason that was met. */
  get example(): { id: string; reason: string } | null {
    const reason = TELLING.find((known) => this.#kinds.has(known)) ?? [...this.#kinds.keys()][0];
    const kind = this.#kinds.get(reason ?? "");
    return reason !== undefined && kind ? { id: kind.example, reason } : null;
  }

  /** A line for each kind, the most frequent first. */
  lines({ colors: c, columns }: Screen): string[] {
    const rows = [...this.#kinds]
      .sort((a, b) => b[1].count - a[1].count)
      .map(([reason, kind]) => [
        reason,
        count(kind.count),
        { text: worth([...kind.rewards]), paint: kind.rewards.has(null) ? c.magenta : String },
        { text: KINDS[reason] ?? "", paint: c.dim },
      ]);
    const titles = [
      { title: "failed for" },
      { title: "rollouts", align: "right" },
      { title: "worth" },
      { title: "", shrink: true },
    ] as const;
    return rows.length === 0 ? [] : table(titles, rows, { width: columns, paintTitle: c.bold });
  }
}

/** What rollouts of one kind were worth, in words. */
export function worth(rewards: readonly (number | null)[]): string {
  if (rewards.every((reward) => reward === null)) return "masked, no reward";
  const given = rewards.filter((reward) => reward !== null).sort((a, b) => a - b);
  const all = given.map(decimal).join(" or ");
  return given.length < rewards.length
    ? `reward ${all}, or masked`
    : given.length === 1
      ? `all scored ${all}`
      : `scored ${all}`;
}
