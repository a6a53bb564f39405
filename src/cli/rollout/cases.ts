import type { CaseVerdict, Verdict } from "../../contract/verdict.ts";
import { bytes, count, duration, plural } from "../terminal/format.ts";
import { sanitise } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Column, table } from "../terminal/table.ts";

/** Test cases that are listed; the failed one is among them, since the first failure ends a run. */
const MAX_CASES = 100;

const COLUMNS: readonly Column[] = [
  { title: "test", align: "right" },
  { title: "status" },
  { title: "cpu", align: "right" },
  { title: "wall", align: "right" },
  { title: "memory", align: "right" },
  { title: "message", shrink: true },
];

/** The verdict's tests as a table. */
export function caseTable({ colors: c, columns }: Screen, { cases, tests }: Verdict): string[] {
  const shown = cases.length > MAX_CASES ? [...cases.slice(0, MAX_CASES - 1), ...cases.slice(-1)] : cases;
  const rows = shown.map(({ index, status, times, memory_peak_bytes, message }) => [
    String(index + 1),
    { text: status, paint: status === "passed" ? c.green : status === "skipped" ? c.dim : c.red },
    times ? duration(times.cpu_ms) : "–",
    times ? duration(times.wall_ms) : "–",
    memory_peak_bytes === null ? "–" : bytes(memory_peak_bytes),
    // Said by the status already.
    status === "passed" && message === "passed" ? "" : message,
  ]);
  const left = tests - cases.length;
  return [
    ...(rows.length > 0 ? table(COLUMNS, rows, { width: columns, paintTitle: c.bold, indent: "  " }) : []),
    ...(shown.length < cases.length
      ? [c.dim(`  (${count(cases.length - shown.length)} tests in between are left out)`)]
      : []),
    ...(left > 0 ? [c.dim(`  (${plural(left, "test")} not run: the first failure ends it)`)] : []),
  ];
}

/** What the first test that failed got, wanted and answered. */
export function firstFailure({ colors: c }: Screen, { cases }: Verdict): { title: string; lines: string[] } | null {
  const failed = cases.find(({ status }) => status !== "passed" && status !== "skipped");
  if (!failed) return null;
  const lines = PARTS.flatMap(([name, read]) => {
    const text = read(failed);
    if (text === null) return [];
    return [`  ${c.bold(name)}`, ...indented(text === "" ? c.dim("(nothing)") : sanitise(text))];
  });
  const evidence = failed.evidence.map((text) => `  ${c.yellow("evidence")}  ${sanitise(text)}`);
  return { title: `first failure: test ${failed.index + 1}`, lines: [...lines, ...evidence] };
}

const PARTS: readonly (readonly [string, (testCase: CaseVerdict) => string | null])[] = [
  ["input", ({ input }) => input],
  ["expected", ({ expected }) => expected],
  ["output", ({ output }) => output],
  ["first difference, in the output", ({ difference }) => difference?.output ?? null],
  ["first difference, in what is expected", ({ difference }) => difference?.expected ?? null],
  // Silence there says nothing.
  ["stderr", ({ stderr }) => stderr || null],
];

/** Lines of sanitised text, set in. */
export function indented(text: string): string[] {
  return text
    .replace(/\n+$/, "")
    .split("\n")
    .map((line) => `    ${line}`.trimEnd());
}
