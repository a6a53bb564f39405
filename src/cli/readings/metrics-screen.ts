import type { JobMetricsView } from "../../contract/metrics.ts";
import { count, decimal, percent, plural } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Column, table } from "../terminal/table.ts";

/** Of counts by name, those that are not zero: `length 3, turns 1`. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const named = Object.entries(counts).filter(([, n]) => n > 0);
  return named.map(([name, n]) => `${sanitiseLine(name)} ${count(n)}`).join(", ");
}

/** A job's metrics in a screen: what they rest on, the headline or everything with intervals, and what is wrong with the job. */
export function metricsScreen(screen: Screen, view: JobMetricsView, all: boolean): string[] {
  const c = screen.colors;
  return [
    `job          ${c.bold(view.job_id)}  ${view.state}  ${sanitiseLine(view.environment)}`,
    ...coverageLines(view),
    "",
    ...metricTable(screen, view, all),
    "",
    ...healthLines(screen, view),
    ...(view.fields_left_out.length > 0
      ? [`left out     ${view.fields_left_out.map(sanitiseLine).join(", ")} (more fields than are measured)`]
      : []),
  ];
}

function coverageLines({ coverage }: JobMetricsView): string[] {
  const { requested, open, measured, masked, outcomes, tasks, measured_tasks, unmeasured_answers } = coverage;
  const unkept = unmeasured_answers > 0 ? `; ${count(unmeasured_answers)} without a kept answer` : "";
  return [
    `coverage     ${count(requested)} requested = ${count(measured)} measured + ${count(masked)} masked + ${count(open)} open`,
    `             ${count(measured_tasks)} of ${plural(tasks, "task")} measured${unkept}`,
    `outcomes     ${countsText(outcomes) || "none yet"}`,
  ];
}

const COLUMNS: readonly Column[] = [
  { title: "metric", shrink: true },
  { title: "value", align: "right" },
  { title: "95 % interval", align: "right" },
  { title: "tasks", align: "right" },
  { title: "rollouts", align: "right" },
  { title: "estimator" },
];

function metricTable({ colors: c, columns: width }: Screen, view: JobMetricsView, all: boolean): string[] {
  const source = all ? view.agent_metrics : view.key_metrics;
  const metrics = Object.entries(source).filter(([name]) => !name.startsWith("coverage/"));
  const rows = metrics.flatMap(([name, value]) => {
    if (typeof value !== "number") return [];
    const found = view.intervals[name];
    if (!found) return [[name, decimal(value), "", "", "", ""]];
    const range = `${decimal(found.low)} – ${decimal(found.high)}`;
    return [[name, decimal(value), range, count(found.tasks), count(found.rollouts), found.estimator]];
  });
  if (rows.length === 0) return ["no rollout has a reward that counts yet"];
  return table(COLUMNS, rows, { width, paintTitle: c.bold });
}

function healthLines({ colors: c }: Screen, { health, coverage }: JobMetricsView): string[] {
  const { groups, truncated, masks } = health;
  const done = coverage.measured + coverage.masked;
  const { measured, zero_variance, none_pass, all_pass } = groups;
  const part = (n: number, counts: Readonly<Record<string, number>>) =>
    n === 0 ? "none" : `${count(n)} of ${count(done)} (${percent(n, done)}): ${countsText(counts)}`;
  const worst = masks.by_task.map(({ task_id, masked, rollouts }) => `${sanitiseLine(task_id)} ${masked}/${rollouts}`);
  const lengths = masks.by_output_tokens
    .filter(({ masked }) => masked > 0)
    .map(({ from, below, masked, rollouts }) => `${lengthText(from, below)} ${masked}/${rollouts}`);
  const flat = `${count(zero_variance)} of ${count(measured)} without variance`;
  return [
    `groups       ${zero_variance > 0 ? c.yellow(flat) : flat} (${count(none_pass)} none pass, ${count(all_pass)} all pass)`,
    `truncated    ${part(truncated.rollouts, truncated.by)}`,
    `masked       ${part(coverage.masked, masks.by_outcome)}`,
    ...(worst.length > 0
      ? [
          `  reasons    ${countsText(masks.by_reason)}`,
          `  tasks      ${worst.join(", ")}`,
          `  tokens     ${lengths.join(", ")}`,
        ]
      : []),
  ];
}

function lengthText(from: number | null, below: number | null): string {
  if (from === null) return "unknown";
  return below === null ? `≥${count(from)}` : `<${count(below)}`;
}
