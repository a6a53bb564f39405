import type { TaskProfile } from "../../contract/profiles.ts";
import { count, decimal, duration, rewardText } from "../terminal/format.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Cell, type Column, table } from "../terminal/table.ts";

const COLUMNS: readonly Column[] = [
  { title: "task", shrink: true },
  { title: "n", align: "right" },
  { title: "pass", align: "right" },
  { title: "95 %", align: "right" },
  { title: "reward", align: "right" },
  { title: "±", align: "right" },
  { title: "tokens", align: "right" },
  { title: "turns", align: "right" },
  { title: "trunc", align: "right" },
  { title: "faults", align: "right" },
  { title: "p50", align: "right" },
  { title: "p95", align: "right" },
  { title: "reasons", shrink: true },
];

/** A line for each task. */
export function profileTable({ colors: c, columns: width }: Screen, tasks: readonly TaskProfile[]): string[] {
  const rows = tasks.map((task): Cell[] => {
    const { measured, requested, pass_rate: rate, pass_interval: range, zero_variance: flat } = task;
    return [
      task.task_id,
      measured === requested ? count(measured) : `${count(measured)}/${count(requested)}`,
      { text: rewardText(rate), paint: flat ? c.dim : c.bold },
      range ? `${range.low.toFixed(2)}–${range.high.toFixed(2)}` : "",
      rewardText(task.mean_reward),
      task.std_reward === null ? "" : decimal(task.std_reward),
      task.output_tokens ? count(Math.round(task.output_tokens.mean)) : "",
      task.turns ? decimal(Math.round(10 * task.turns.mean) / 10) : "",
      { text: task.truncated === 0 ? "" : count(task.truncated), paint: c.yellow },
      { text: task.errors === 0 ? "" : count(task.errors), paint: c.magenta },
      task.total_ms ? duration(task.total_ms.p50) : "",
      task.total_ms ? duration(task.total_ms.p95) : "",
      reasonsText(task.reasons),
    ];
  });
  return table(COLUMNS, rows, { width, paintTitle: c.bold });
}

function reasonsText(reasons: Readonly<Record<string, number>>): string {
  return Object.entries(reasons)
    .map(([name, n]) => (n === 1 ? name : `${name} ${n}`))
    .join(", ");
}
