import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { groupMetrics } from "../../src/rollouts/metrics/group-metrics.ts";
import { JobMetrics } from "../../src/rollouts/metrics/job-metrics.ts";
import type { Measured } from "../../src/rollouts/metrics/measured.ts";

const DATA = fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** A result row as NeMo Gym writes it. */
interface ResultRow extends Record<string, unknown> {
  readonly _ng_task_index: number;
  readonly _ng_rollout_index: number;
  readonly reward: number;
  readonly response?: { readonly usage?: Readonly<Record<string, unknown>> | null } | null;
}

interface AggregateMetrics {
  readonly agent_metrics: Record<string, unknown>;
  readonly key_metrics: Record<string, unknown>;
  readonly group_level_metrics: (Record<string, unknown> & { readonly _ng_task_index: number })[];
  readonly repeat_level_metrics?: Record<string, number>[];
}

const USAGE = new Set(["input_tokens", "output_tokens", "total_tokens"]);

/** Gym's fields: numbers and booleans at the top of the row, and three of the usage. */
function measured(row: ResultRow): Measured {
  const usage = Object.entries(row.response?.usage ?? {}).filter(([name]) => USAGE.has(name));
  const numbers = [...Object.entries(row), ...usage]
    .filter(([name]) => !name.startsWith("_") && name !== "mask_sample")
    .filter((entry): entry is [string, number | boolean] => ["number", "boolean"].includes(typeof entry[1]))
    .map(([name, value]): [string, number] => [name, Number(value)]);
  const answer = "extracted_model_code" in row ? ((row["extracted_model_code"] as string | null) ?? null) : undefined;
  return { rolloutIndex: row._ng_rollout_index, reward: row.reward, fields: new Map(numbers), answer };
}

function byTask(rows: readonly ResultRow[]): Map<number, ResultRow[]> {
  const tasks = new Map<number, ResultRow[]>();
  const ordered = rows.toSorted(
    (a, b) => a._ng_task_index - b._ng_task_index || a._ng_rollout_index - b._ng_rollout_index,
  );
  for (const row of ordered) tasks.set(row._ng_task_index, [...(tasks.get(row._ng_task_index) ?? []), row]);
  return tasks;
}

/** Everything recorded must be there with the same number; ours may say more. */
function expectNumbers(ours: Readonly<Record<string, unknown>>, recorded: Readonly<Record<string, unknown>>) {
  const closest = Object.entries(recorded).map(([name, value]) => {
    const found = ours[name];
    const isClose =
      typeof value === "number" &&
      typeof found === "number" &&
      Math.abs(found - value) <= 1e-9 * Math.max(1, Math.abs(value));
    return [name, isClose ? value : found];
  });
  expect(Object.fromEntries(closest)).toEqual(recorded);
}

/** Of an entry of a task, the statistics: the rest is about files and indices. */
function statistics(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name.includes("/")));
}

async function expectEqual(rows: readonly ResultRow[], recorded: AggregateMetrics): Promise<void> {
  const metrics = new JobMetrics();
  for (const [index, task] of byTask(rows)) {
    const counted = task.filter((row) => row["mask_sample"] !== true).map(measured);
    metrics.add({ measured: counted, masked: task.length - counted.length });
    const group = recorded.group_level_metrics.find((entry) => entry._ng_task_index === index);
    expectNumbers(groupMetrics(counted), statistics(group ?? expect.unreachable(`task ${index} was recorded`)));
  }
  const report = await metrics.report();
  expectNumbers(report.agent_metrics, recorded.agent_metrics);
  expectNumbers(report.key_metrics, recorded.key_metrics);
  const levels = recorded.repeat_level_metrics ?? [];
  // Recordings of old have no repeats, and none of the metrics over them.
  if (levels.length > 0) expect(report.repeat_level_metrics).toHaveLength(levels.length);
  for (const [i, level] of levels.entries()) expectNumbers(report.repeat_level_metrics[i] ?? {}, level);
}

function lines(path: string): ResultRow[] {
  const text = readFileSync(path, "utf8").split("\n");
  return text.filter((line) => line !== "").map((line) => JSON.parse(line) as ResultRow);
}

function recordings(): string[] {
  if (!existsSync(DATA)) return [];
  const found = readdirSync(DATA, { recursive: true, encoding: "utf8" });
  return found.filter((path) => /gym[^/]*\/.*metrics\.json$/.test(path)).sort();
}

/** What Gym records under a similar name and no rollout plays a part in. */
const ABOUT_DATASETS = /^gym\/[^/]+\/example[^/]*_metrics\.json$/;
const all = recordings();
const aggregates = all.filter((path) => path.endsWith("_aggregate_metrics.json"));
const others = all.filter((path) => !aggregates.includes(path));

describe.skipIf(all.length === 0)("metrics recorded from NeMo Gym (skipped where ../shared/data is missing)", () => {
  it.each(aggregates)("%s", async (path) => {
    const rows = lines(join(DATA, dirname(path), basename(path).replace("_aggregate_metrics.json", ".jsonl")));
    const [recorded] = JSON.parse(readFileSync(join(DATA, path), "utf8")) as AggregateMetrics[];
    await expectEqual(rows, recorded ?? expect.unreachable("one agent was recorded"));
  });

  it.skip.each(others)("%s: about a dataset's rows (gym dataset collate), not about rollouts", () => undefined);

  it("leaves no file unnamed", () => {
    expect(others.filter((path) => !ABOUT_DATASETS.test(path))).toEqual([]);
    expect(aggregates.length).toBeGreaterThanOrEqual(9);
  });

  it("masked rollouts and missing fields, as a server answered a probe", async () => {
    const exchanges = readFileSync(join(DATA, "gym-wire/example_single_tool_call/exchanges.jsonl"), "utf8").split("\n");
    const probe = exchanges.find((line) => line.includes("missing and boolean fields, one mask_sample"));
    const { request, response } = JSON.parse(probe ?? "{}") as Record<"request" | "response", { body: string }>;
    const { verify_responses: rows } = JSON.parse(request.body) as { verify_responses: ResultRow[] };
    await expectEqual(rows, JSON.parse(response.body) as AggregateMetrics);
  });
});
