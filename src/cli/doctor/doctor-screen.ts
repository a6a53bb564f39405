import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import type { DoctorReport } from "./examine.ts";

/** What doctor found, for people: a line per check, what to do below it, and the sentence about providers. */
export function doctorScreen({ colors: c }: Screen, { checks, sentence, ready }: DoctorReport): string[] {
  const marks = { ok: c.green("✓ ok     "), warning: c.yellow("! warning"), missing: c.red("✗ missing") };
  const width = checks.reduce((widest, { name }) => Math.max(widest, name.length), 0);
  const lines = checks.flatMap(({ name, state, detail, fix }) => [
    `${marks[state]}  ${c.bold(name.padEnd(width))}  ${sanitiseLine(detail)}`,
    ...(fix ? [`${" ".repeat(width + 13)}${c.cyan("→")} ${sanitiseLine(fix)}`] : []),
  ]);
  const next = ready ? "`sandlot demo` runs here." : "`sandlot demo` does not run here yet.";
  return [...lines, "", sanitiseLine(sentence), next];
}
