import { describe, expect, it, test } from "vitest";
import { type Judgement, masked, scored, truncated } from "../../core/outcome.ts";
import type { MeasuredRow } from "../../store/port.ts";
import { HealthCounts } from "./job-health.ts";
import { JobMetrics } from "./job-metrics.ts";
import { measuredOf } from "./measured.ts";
import { whyDropped } from "./task-filter.ts";
import { taskProfile } from "./task-profile.ts";

function row(rolloutIndex: number, judgement: Judgement | null, more: Partial<MeasuredRow> = {}): MeasuredRow {
  return {
    taskIndex: 0,
    rolloutIndex,
    state: judgement ? "done" : "queued",
    judgement,
    reason: null,
    rewardComponents: null,
    metrics: {},
    times: null,
    answer: null,
    ...more,
  };
}

const times = (total_ms: number, verify_ms = 0) => ({ total_ms, model_ms: 0, tools_ms: 0, verify_ms });

/** Passed, failed, cut off with a score, cut off and masked, a fault, called off, and one that is not done. */
const GROUP = [
  row(0, scored(1), { metrics: { output_tokens: 100, turns: 2 }, times: times(1_000, 20), answer: "a" }),
  row(1, scored(0), { metrics: { output_tokens: 300 }, times: times(3_000, 40), reason: "wrong_answer", answer: "b" }),
  row(2, truncated("turns", 0, "score"), { metrics: { output_tokens: 5_000 }, answer: "" }),
  row(3, truncated("length", null, "score"), { metrics: { output_tokens: 9_000 } }),
  row(4, masked("sandbox_error"), { reason: "sandbox_lost" }),
  row(5, masked("cancelled"), { reason: "cancelled" }),
  row(6, null),
];

test("a value that is null in the row is missing, and not zero", () => {
  // As JSON has kept NaN.
  const kept = JSON.parse('{"speed": null, "length": 2}') as Record<string, number>;
  const measured = measuredOf(row(0, scored(1), { metrics: kept, rewardComponents: kept }));
  expect([...(measured?.fields.keys() ?? [])]).toEqual(["reward", "length", "reward_components/length"]);
});

describe("the profile of a task", () => {
  it("counts what counts, and names why the rest does not", () => {
    expect(taskProfile(GROUP, 1)).toMatchObject({
      requested: 7,
      open: 1,
      measured: 3,
      passed: 1,
      pass_rate: 1 / 3,
      pass_interval: { estimator: "wilson" },
      zero_variance: false,
      output_tokens: { p50: 2_650, max: 9_000 },
      turns: { mean: 2 },
      tool_calls: null,
      total_ms: { p50: 2_000, p95: 2_900 },
      verify_ms: { p50: 30 },
      truncated: 2,
      truncated_by: { turns: 1, length: 1 },
      masked: 3,
      errors: 1,
      outcomes: { scored: 2, truncated: 2, sandbox_error: 1, cancelled: 1 },
      reasons: { wrong_answer: 1, sandbox_lost: 1, cancelled: 1 },
      distinct_answers: 2,
    });
  });

  it("has no rates without rewards, and no variance with one", () => {
    const profile = taskProfile([row(0, masked("model_error"))], 1);
    expect(profile).toMatchObject({
      measured: 0,
      pass_rate: null,
      pass_interval: null,
      mean_reward: null,
      masked: 1,
      errors: 1,
    });
    expect(taskProfile([row(0, scored(1))], 1)).toMatchObject({ zero_variance: null, std_reward: null, pass_rate: 1 });
    expect(taskProfile([row(0, scored(2)), row(1, scored(2))], 3)).toMatchObject({ zero_variance: true, passed: 0 });
  });
});

describe("the filter of tasks", () => {
  const task = { open: 0, errors: 0, measured: 4, pass_rate: 0.5 };
  it.each([
    [{}, task, null],
    [{ min_pass: 0.5, max_pass: 0.5 }, task, null],
    [{ min_pass: 0.6 }, task, "below"],
    [{ max_pass: 0.4 }, task, "above"],
    [{ min_n: 5 }, task, "too_few"],
    [{ min_pass: 0 }, { ...task, measured: 0, pass_rate: null }, "too_few"],
    [{}, { ...task, measured: 0, pass_rate: null }, null],
    [{ no_errors: true }, { ...task, errors: 1 }, "errors"],
    [{ no_errors: false }, { ...task, errors: 1 }, null],
    [{ no_open: true, no_errors: true }, { ...task, open: 1, errors: 1 }, "open"],
  ] as const)("%j of %j: %s", (filter, profile, why) => {
    expect(whyDropped(filter, profile)).toBe(why);
  });
});

describe("the health of a job", () => {
  const measured = (rows: readonly MeasuredRow[]) => rows.flatMap((one) => measuredOf(one) ?? []);

  it("adds up, and names where masks come from", () => {
    const counts = new HealthCounts(1);
    const flat = [0, 1].map((i) => row(i, scored(1), { taskIndex: 1, answer: "a" }));
    const lost = [0, 1].map((i) => row(i, masked("model_error"), { taskIndex: 2 }));
    for (const rows of [GROUP, flat, lost]) counts.add(rows, measured(rows));
    const coverage = counts.coverage();
    expect(coverage).toMatchObject({ requested: 11, open: 1, measured: 5, masked: 5, tasks: 3, measured_tasks: 2 });
    expect(coverage).toMatchObject({ fully_masked_tasks: 1, unmeasured_answers: 0 });
    expect(coverage.requested).toBe(coverage.open + coverage.measured + coverage.masked);
    const health = counts.health((index) => `task-${index}`);
    expect(health.groups).toEqual({
      measured: 2,
      zero_variance: 1,
      zero_variance_share: 0.5,
      none_pass: 0,
      all_pass: 1,
    });
    expect(health.truncated).toMatchObject({ rollouts: 2, share: 0.2, by: { turns: 1, length: 1 } });
    expect(health.masks.by_reason).toEqual({ model_error: 2, length: 1, sandbox_lost: 1, cancelled: 1 });
    expect(health.masks.by_task).toEqual([
      { task_index: 0, task_id: "task-0", rollouts: 6, masked: 3 },
      { task_index: 2, task_id: "task-2", rollouts: 2, masked: 2 },
    ]);
    const lengths = health.masks.by_output_tokens.filter(({ rollouts }) => rollouts > 0);
    expect(lengths.map(({ from, rollouts, masked: off }) => [from, rollouts, off])).toEqual([
      [0, 1, 0],
      [256, 1, 0],
      [4_096, 2, 1],
      [null, 6, 4],
    ]);
  });
});

describe("metrics of a job", () => {
  it("are empty for a job without measured rollouts, and finite for one rollout", async () => {
    const none = await new JobMetrics().report();
    expect(none.agent_metrics).toEqual({
      per_sample_aggregate: {},
      num_repeats: 0,
      "coverage/measured_rollouts": 0,
      "coverage/masked_rollouts": 0,
      "coverage/measured_tasks": 0,
      "coverage/fully_masked_tasks": 0,
    });
    const one = new JobMetrics();
    one.add({
      measured: [{ rolloutIndex: 0, reward: 0, fields: new Map([["reward", 0]]), answer: undefined }],
      masked: 0,
    });
    const { agent_metrics: metrics } = await one.report();
    expect(metrics).toMatchObject({ "mean/reward": 0, "std/reward": 0, "median/reward": 0, "pass@1/accuracy": 0 });
    expect(Object.keys(metrics).filter((name) => name.includes("majority"))).toEqual([]);
  });

  it("have majorities over the tasks whose answers were kept", async () => {
    const metrics = new JobMetrics();
    const fields = new Map([["reward", 1]]);
    metrics.add({ measured: [{ rolloutIndex: 0, reward: 1, fields, answer: undefined }], masked: 0 });
    metrics.add({ measured: [{ rolloutIndex: 0, reward: 1, fields, answer: "a" }], masked: 0 });
    const { intervals } = await metrics.report();
    expect(intervals["majority@1/accuracy"]?.tasks).toBe(1);
    expect(intervals["pass@1/accuracy"]?.tasks).toBe(2);
  });

  it("bound the fields, and name those that are left out", async () => {
    const metrics = new JobMetrics();
    const fields = new Map(Array.from({ length: 100 }, (_, i) => [i === 0 ? "reward" : `m${i}`, i]));
    metrics.add({ measured: [{ rolloutIndex: 0, reward: 0, fields, answer: undefined }], masked: 0 });
    const report = await metrics.report();
    expect(Object.keys(report.agent_metrics).filter((name) => name.startsWith("mean/"))).toHaveLength(64);
    expect(report.fields_left_out).toHaveLength(36);
  });
});
