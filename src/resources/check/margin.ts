import type { Verdict } from "../../contract/verdict.ts";
import type { Submission } from "../../verification/index.ts";

/** How much of a limit the reference's most demanding test uses. */
export interface Margin {
  readonly task: string;
  readonly limit: "cpu" | "memory";
  /** 0.5: half of it. */
  readonly used: number;
  /** Position of the test. */
  readonly test: number;
}

/** What a reference may use of a limit: a correct answer that takes twice as much still has to pass. */
const MOST_USED = 0.5;

/** The margins of a task's reference; limits that its program does not name have none. Wall time is left out: it is load. */
export function marginsOf(task: string, { cases }: Verdict, { limits }: Submission): Margin[] {
  const measured = [
    { limit: "cpu", allowed: limits.cpuMs, used: cases.map(({ times }) => times?.cpu_ms ?? 0) },
    { limit: "memory", allowed: limits.memoryBytes, used: cases.map((one) => one.memory_peak_bytes ?? 0) },
  ] as const;
  return measured.flatMap(({ limit, allowed, used }) => {
    if (allowed === undefined || used.length === 0) return [];
    const most = Math.max(...used);
    return [{ task, limit, used: most / allowed, test: cases[used.indexOf(most)]?.index ?? 0 }];
  });
}

/** Why the margins are too small; null when they are not. */
export function marginProblem(margins: readonly Margin[]): string | null {
  const tight = margins.find(({ used }) => used > MOST_USED);
  return tight ? `the reference uses ${marginText(tight)}; a right answer may take twice as much` : null;
}

/** `60% of its cpu limit in test 3` */
export function marginText({ limit, used, test }: Margin): string {
  const percent = used * 100;
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)}% of its ${limit} limit in test ${test + 1}`;
}
