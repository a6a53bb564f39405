import { count, duration, percent, plural, rewardText } from "../terminal/format.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Column, table } from "../terminal/table.ts";
import type { TaskSummary } from "./task-tally.ts";

/** More tasks are not listed: their number says less than the summary does. */
const MAX_TASKS = 50;

const COLUMNS: readonly Column[] = [
  { title: "task", shrink: true },
  { title: "attempts", align: "right" },
  { title: "passed", align: "right" },
  { title: "mean reward", align: "right" },
  { title: "median time", align: "right" },
  { title: "outcomes", shrink: true },
  { title: "failed for", shrink: true },
];

/** The table of a job's tasks; one line instead when they are too many. */
export function taskTable(screen: Screen, tasks: readonly TaskSummary[]): string[] {
  const c = screen.colors;
  const played = tasks.filter(({ attempts, outcomes }) => attempts > (outcomes.cancelled ?? 0));
  const unplayed = tasks.length - played.length;
  const left = unplayed === 0 ? [] : [c.dim(`(${plural(unplayed, "task")} cancelled before an attempt ended)`)];
  if (played.length === 0) return left;
  if (played.length > MAX_TASKS) return [c.dim(`${count(played.length)} tasks: too many to list one by one`), ...left];
  const rows = played.map(({ task, attempts, rewarded, passed, mean_reward, median_ms, outcomes, reasons }) => [
    task,
    count(attempts),
    { text: percent(passed, rewarded), paint: passed === 0 ? c.red : passed === rewarded ? c.green : c.yellow },
    rewardText(mean_reward),
    median_ms === null ? "–" : duration(median_ms),
    counted(outcomes),
    { text: counted(reasons), paint: c.dim },
  ]);
  return [...table(COLUMNS, rows, { width: screen.columns, paintTitle: c.bold }), ...left];
}

/** `wrong_answer 2, time_limit`: most frequent first, ones without their number. */
function counted(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  return entries.map(([name, n]) => (n === 1 ? name : `${name} ${n}`)).join(", ");
}
