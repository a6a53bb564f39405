import { EventEmitter } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { type Client, createClient } from "../../src/client/index.ts";
import { cliServices } from "../../src/compose/services.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { Row } from "../../src/resources/index.ts";
import { createApp } from "../../src/server/create-app.ts";
import { startServer } from "../../src/server/start-server.ts";
import { openPlatform, replayOf } from "../support/platform.ts";

const root = mkdtempSync(join(tmpdir(), "sandlot-readings-"));
const ALL = "a".repeat(32);
/** May not see hidden tests. */
const SOME = "b".repeat(32);
/** Of another tenant. */
const OTHER = "c".repeat(32);

/** Judges by the row's `wanted`; throws where the row says so. */
const RESOURCE = `
const row = { safeParse: (value) => ({ success: true, data: value }), parse: (value) => value };
export default {
  row,
  async verify(ctx, { row, answer }) {
    if (row.broken) throw new Error("the verifier has a hole");
    const right = answer === row.wanted;
    return {
      reward: right ? 1 : 0, status: right ? "passed" : "failed", reason: right ? null : "wrong_answer",
      message: right ? "as wanted" : "not as wanted", answer: answer === "" ? null : answer,
      cases: [], tests: 1, flaky: false, sandbox: null,
      metrics: { length: answer.length }, reward_components: { exact: right ? 1 : 0 },
    };
  },
};
`;

/** Text that parse and stringify would change, over two lines. */
const rowText = (id: string, more = "") =>
  `{ "task_id": "${id}", "wanted": "42", "odd": [1.0, 12345678901234567890, "\\ud800"],\n "responses_create_params": {"input": [{"role": "user", "content": "${id}"}]}${more} }`;
const ROWS = [rowText("easy"), rowText("mixed"), rowText("never"), rowText("broken", ', "broken": true')];
const ANSWERS = { easy: ["42"], mixed: ["42", "41", "42", "40"], never: ["1", "2"], broken: ["42"] };
const REPEATS = 4;

let platform: Awaited<ReturnType<typeof openPlatform>>;
let model: Awaited<ReturnType<typeof replayOf>>;
let server: Awaited<ReturnType<typeof startServer>>;
let client: Client;
let jobId: string;

function submission(rows: readonly string[], labels = "{}", repeats = REPEATS): string {
  return `{"environment":"judged","repeats":${repeats},"labels":${labels},"tasks":{"rows":[${rows.join(",")}]}}`;
}

async function ended(id: string): Promise<void> {
  for await (const event of client.jobEvents(id)) if (event.type === "end") return;
}

beforeAll(async () => {
  mkdirSync(join(root, "judged"));
  const manifest = "name: judged\ndescription: d\nlicence: Apache-2.0\nresource: resource.mjs\n";
  writeFileSync(
    join(root, "judged", "environment.yaml"),
    `${manifest}datasets: [{ name: tasks, path: tasks.jsonl }]\n`,
  );
  writeFileSync(join(root, "judged", "resource.mjs"), RESOURCE);
  writeFileSync(join(root, "judged", "tasks.jsonl"), `${ROWS.map((row) => row.replaceAll("\n", " ")).join("\n")}\n`);
  const rows = ROWS.map((raw): Row => ({ raw, value: JSON.parse(raw) as Row["value"] }));
  const recordings = rows.map((row) => ({ row, answers: ANSWERS[row.value["task_id"] as keyof typeof ANSWERS] }));
  model = await replayOf(recordings, 20);
  const settings = { "environments.paths": [root] };
  platform = await openPlatform({ provider: "local", modelUrl: model.url, settings, concurrency: 4 });
  const key = (name: string, text: string, tenant: string, ...scopes: ("jobs" | "hidden_tests")[]) => ({
    name,
    key: text,
    tenant,
    scopes,
  });
  const app = createApp({
    ...platform,
    environments: async () => [],
    taskIds: async () => [],
    gateway: null,
    removal: platform.store.housekeeping,
    models: () => [],
    version: "0.0.0-test",
    auth: {
      keys: [
        key("all", ALL, "default", "jobs", "hidden_tests"),
        key("some", SOME, "default", "jobs"),
        key("other", OTHER, "other", "jobs", "hidden_tests"),
      ],
    },
    hosts: ["127.0.0.1"],
    logger: silentLogger,
    validateResponses: true,
  });
  server = await startServer({ app, host: "127.0.0.1", port: 0 });
  client = createClient({ url: server.url, apiKey: ALL });
  ({ id: jobId } = await client.submitJob(submission(ROWS, '{"run":"first"}')));
  await ended(jobId);
});
afterAll(async () => {
  await client?.close();
  await server?.close(0);
  await platform?.dispose();
  await model?.stop();
  rmSync(root, { recursive: true, force: true });
});

async function as<T>(apiKey: string, use: (other: Client) => Promise<T>): Promise<T> {
  const other = createClient({ url: server.url, apiKey });
  try {
    return await use(other);
  } finally {
    await other.close();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function sandlot(...argv: string[]) {
  const written = { stdout: "", stderr: "" };
  const code = await runCli([...argv, "--url", server.url], {
    services: cliServices,
    stdout: { write: (data) => (written.stdout += Buffer.from(data as string).toString()) },
    stderr: { write: (data) => (written.stderr += Buffer.from(data as string).toString()) },
    stdin: (async function* () {})(),
    signals: new EventEmitter(),
    env: { SANDLOT_API_KEY: ALL },
    workingDirectory: root,
    version: "0.0.0-test",
  });
  return { code, ...written };
}

const file = (name: string) => join(root, name);
const linesOf = (name: string) => readFileSync(file(name), "utf8").split("\n").slice(0, -1);

describe("metrics of a job", () => {
  it("rest on what is measured, and say on what", async () => {
    const view = await client.getJobMetrics(jobId);
    expect(view.coverage).toMatchObject({
      requested: 16,
      open: 0,
      measured: 12,
      masked: 4,
      tasks: 4,
      measured_tasks: 3,
    });
    expect(view.coverage).toMatchObject({ fully_masked_tasks: 1, unmeasured_answers: 0 });
    expect(view.coverage.outcomes).toMatchObject({ scored: 12, resource_error: 4 });
    expect(view.key_metrics).toMatchObject({
      "mean/reward": 0.5,
      "mean/turns": 1,
      "mean/reward_components/exact": 0.5,
      "pass@1[avg-of-4]/accuracy": 50,
      "coverage/masked_rollouts": 4,
    });
    expect(view.key_metrics["mean/output_tokens"]).toBeGreaterThan(0);
    expect(view.key_metrics["pass@4/accuracy"]).toBeCloseTo(66.667, 3);
    expect(view.agent_metrics["pass@4/no_answer"]).toBe(0);
    expect(view.intervals["mean/reward"]).toMatchObject({ estimator: "wilson_clustered", tasks: 3, rollouts: 12 });
    expect(view.health).toMatchObject({
      groups: { measured: 3, zero_variance: 2, none_pass: 1, all_pass: 1 },
      masks: { share: 0.25, by_reason: { resource_failed: 4 }, by_task: [{ task_id: "broken", masked: 4 }] },
    });
  });

  it("are of its tenant alone", async () => {
    const attempt = as(OTHER, (other) => other.getJobMetrics(jobId));
    await expect(attempt).rejects.toMatchObject({ code: "not_found" });
    await expect(as(OTHER, (other) => all(other.exportJob(jobId)))).rejects.toMatchObject({ code: "not_found" });
    await expect(as(OTHER, (other) => all(other.filterTasks(jobId)))).rejects.toMatchObject({ code: "not_found" });
  });

  it("are shown with their intervals", async () => {
    const { code, stdout } = await sandlot("jobs", "metrics", jobId);
    expect(code).toBe(0);
    expect(stdout).toContain("16 requested = 12 measured + 4 masked + 0 open");
    expect(stdout).toMatch(/mean\/reward\s+0\.5\s+[\d.]+ – [\d.]+\s+3\s+12\s+wilson_clustered/);
    expect(stdout).toContain("2 of 3 without variance");
    expect(JSON.parse((await sandlot("jobs", "metrics", jobId, "--json")).stdout)).toMatchObject({ job_id: jobId });
  });
});

describe("the profile of a job", () => {
  it("has a line for each task, page by page", async () => {
    const first = await client.getJobProfile(jobId, { limit: 3 });
    expect(first.items.map(({ task_id, pass_rate }) => [task_id, pass_rate])).toEqual([
      ["easy", 1],
      ["mixed", 0.5],
      ["never", 0],
    ]);
    expect(first).toMatchObject({ considered: 3, pass_reward: 1, next_cursor: "3" });
    const second = await client.getJobProfile(jobId, { limit: 3, cursor: first.next_cursor ?? "" });
    expect(second).toMatchObject({ items: [{ task_id: "broken", errors: 4, pass_rate: null }], next_cursor: null });
  });

  it("lets tasks through as asked", async () => {
    const band = await client.getJobProfile(jobId, { min_pass: 0.1, max_pass: 0.9, no_errors: true });
    expect(band.items.map(({ task_id, distinct_answers }) => [task_id, distinct_answers])).toEqual([["mixed", 3]]);
    expect(band.dropped).toEqual({ open: 0, errors: 1, too_few: 0, below: 1, above: 1 });
  });

  it("refuses cursors that are none, shares that are none, and rows to those who may not see tests", async () => {
    for (const query of [{ cursor: "5" }, { cursor: "x" }, { min_pass: 1.1 }]) {
      await expect(client.getJobProfile(jobId, query)).rejects.toMatchObject({ code: "invalid_request" });
    }
    const rows = as(SOME, (some) => some.getJobProfile(jobId, { include: "row" }));
    await expect(rows).rejects.toMatchObject({ code: "forbidden", context: { scope: "hidden_tests" } });
    await expect(as(SOME, (some) => all(some.filterTasks(jobId)))).rejects.toMatchObject({ code: "forbidden" });
    await expect(all(client.filterTasks(jobId, { cursor: "7" }))).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("is shown as a table", async () => {
    const { stdout } = await sandlot("jobs", "profile", jobId, "--no-errors");
    expect(stdout).toMatch(/mixed\s+4\s+0\.5\s+0\.15–0\.85/);
    expect(stdout).not.toContain("broken");
    expect(stdout).toContain("(of 4 tasks, 1 with faults)");
  });
});

describe("a dataset of the tasks that went as asked", () => {
  it("has the rows as they came, each on one line", async () => {
    const rows = await all(client.filterTasks(jobId, { min_pass: 0.5 }));
    expect(rows).toEqual(ROWS.slice(0, 2).map((row) => row.replace("\n", " ")));
  });

  it("says where it is from, and is played again", async () => {
    const made = await sandlot(
      "jobs",
      "filter",
      jobId,
      "--min-pass",
      "0.1",
      "--max-pass",
      "0.9",
      "--no-errors",
      "--out",
      "band.jsonl",
    );
    expect(made).toMatchObject({ code: 0 });
    expect(made.stdout).toContain("1 row of 4 tasks");
    const bytes = readFileSync(file("band.jsonl"));
    const lineage = JSON.parse(readFileSync(file("band.lineage.json"), "utf8")) as Record<string, unknown>;
    expect(lineage).toMatchObject({
      job: { id: jobId, environment: "judged" },
      filter: { min_pass: 0.1, max_pass: 0.9, no_errors: true, pass_reward: 1 },
      tasks: { considered: 4, kept: 1 },
      output: { file: "band.jsonl", rows: 1, sha256: createHash("sha256").update(bytes).digest("hex") },
    });
    const again = await sandlot("run", "judged", "--input", "band.jsonl", "--repeats", "4", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ job: { tasks: 1, mean_reward: 0.5 } });
  });

  it("leaves nothing behind when there is no such job, and nothing overwritten", async () => {
    expect(await sandlot("jobs", "filter", "job_none", "--out", "none.jsonl")).toMatchObject({ code: 2 });
    expect(() => readFileSync(file("none.jsonl"))).toThrow(/ENOENT/);
    const twice = await sandlot("jobs", "filter", jobId, "--out", "band.jsonl");
    expect(twice.stderr).toContain("EEXIST");
    expect(linesOf("band.jsonl")).toHaveLength(1);
  });
});

describe("the export of a job", () => {
  it("has Gym's rows in the order of delivery, masked ones without a reward, from any place", async () => {
    const lines = await all(client.exportJob(jobId));
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown> & { sandlot: { sequence: number } });
    expect(rows.map(({ sandlot: { sequence } }) => sequence)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    for (const row of rows) {
      const isBroken = row["_ng_task_index"] === 3;
      expect("reward" in row).toBe(!isBroken);
      expect(row["mask_sample"]).toBe(isBroken);
      expect(row["_ng_failure_class"]).toBe(isBroken ? "resource_error" : undefined);
      expect(row["agent_ref"]).toEqual({ name: "judged_simple_agent" });
      expect(row).not.toHaveProperty("wanted");
    }
    expect(await all(client.exportJob(jobId, { cursor: "14" }))).toEqual(lines.slice(14));
    expect(await all(client.exportJob(jobId, { cursor: "3", limit: 2 }))).toEqual(lines.slice(3, 5));
    expect(await all(client.exportJob(jobId, { cursor: "16" }))).toEqual([]);
    await expect(all(client.exportJob(jobId, { cursor: "17" }))).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("has Gym's entries of tasks, and whole records", async () => {
    const tasks = (await all(client.exportJob(jobId, { format: "gym_profile" }))).map(parsed);
    expect(tasks).toHaveLength(3);
    expect(tasks[1]).toMatchObject({ _ng_task_index: 1, "mean/reward": 0.5, num_rollouts: 4, missing_num_rollouts: 0 });
    expect(await all(client.exportJob(jobId, { format: "gym_profile", cursor: "1" }))).toHaveLength(1);
    const records = (await all(client.exportJob(jobId, { format: "sandlot", cursor: "12" }))).map(parsed);
    expect(records.map((record) => record["sequence"])).toEqual([13, 14, 15, 16]);
    expect(records[0]).toMatchObject({ trajectory: { calls: [{ status: 200 }] } });
  });

  it("goes on in a file where it was cut off, to the byte", async () => {
    expect(await sandlot("rollouts", "export", jobId, "--out", "whole.jsonl")).toMatchObject({ code: 0 });
    expect([linesOf("whole.jsonl").length, linesOf("whole_failures.jsonl").length]).toEqual([12, 4]);
    for (const name of ["part", "part_failures"]) writeFileSync(file(`${name}.jsonl`), "");
    const [first = "", second = ""] = linesOf("whole.jsonl");
    const failed = linesOf("whole_failures.jsonl").filter((line) => sequenceOf(line) < sequenceOf(second));
    appendFileSync(file("part_failures.jsonl"), failed.map((line) => `${line}\n`).join(""));
    appendFileSync(file("part.jsonl"), `${first}\n${second}\n${first.slice(0, 100)}`);
    const resumed = await sandlot("rollouts", "export", jobId, "--out", "part.jsonl", "--resume");
    expect(resumed).toMatchObject({ code: 0 });
    expect(linesOf("part.jsonl")).toEqual(linesOf("whole.jsonl"));
    expect(linesOf("part_failures.jsonl")).toEqual(linesOf("whole_failures.jsonl"));
    expect(await sandlot("rollouts", "export", jobId, "--out", "part.jsonl")).toMatchObject({ code: 2 });
  });

  it("does not go on in a file of another job, or of something else", async () => {
    const { id } = await client.submitJob(submission(ROWS.slice(0, 1)));
    await ended(id);
    const other = await sandlot("rollouts", "export", id, "--out", "whole.jsonl", "--resume");
    expect(other.stderr).toContain(`holds rollouts of ${jobId}`);
    truncateSync(file("whole.jsonl"), 0);
    appendFileSync(file("whole.jsonl"), '{"a":1}\n');
    const foreign = await sandlot("rollouts", "export", jobId, "--out", "whole.jsonl", "--resume");
    expect(foreign.stderr).toContain("is no export");
  });

  it("follows a job that runs to its end, each rollout once", async () => {
    const { id } = await client.submitJob(submission(ROWS.slice(0, 3), "{}", 40));
    const { code, stdout } = await sandlot("rollouts", "export", id, "--out", "live.jsonl", "--follow", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ lines: 120, complete: true });
    expect(linesOf("live.jsonl").map(sequenceOf)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  });
});

function parsed(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>;
}

function sequenceOf(line: string): number {
  return (JSON.parse(line) as { sandlot: { sequence: number } }).sandlot.sequence;
}

describe("lists", () => {
  it("are filtered over REST, and refuse what is no filter", async () => {
    const mixed = await client.listRollouts(jobId, { task: "mixed", max_reward: 0 });
    expect(mixed.items.map(({ task_id, reward }) => [task_id, reward])).toEqual([
      ["mixed", 0],
      ["mixed", 0],
    ]);
    expect((await client.listRollouts(jobId, { masked: true })).items).toHaveLength(4);
    expect((await client.listRollouts(jobId, { masked: false, min_reward: 0.5 })).items).toHaveLength(6);
    expect((await client.listJobs({ labels: { run: "first" } })).items.map(({ id }) => id)).toEqual([jobId]);
    expect((await client.listJobs({ labels: { run: "second" } })).items).toEqual([]);
    expect((await client.listJobs({ state: ["queued", "running"], environment: "judged" })).items).toEqual([]);
    await expect(client.listJobs({ cursor: "job_none" })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(client.listRollouts(jobId, { cursor: "17" })).rejects.toMatchObject({ code: "invalid_request" });
    const answer = await fetch(`${server.url}/api/v1/jobs?label=run`, { headers: { authorization: `Bearer ${ALL}` } });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { context: { fields: [{ field: "label" }] } } });
  });
});

describe("rollouts side by side", () => {
  it("are compared with the best of the group", async () => {
    const { code, stdout } = await sandlot("rollouts", "diff", "mixed", "--job", jobId);
    expect(code).toBe(0);
    expect(stdout).toContain(`mixed in ${jobId}: 4 rollouts`);
    expect(stdout).toContain("the same");
    expect(stdout).toMatch(/── answers: try \d \(−\) and try \d \(\+\) ──\n@@ -1,1 \+1,1 @@\n-4[01]\n\+42/);
    const document = parsed((await sandlot("rollouts", "diff", "mixed", "--job", jobId, "--json")).stdout);
    expect(document).toMatchObject({ job_id: jobId, rollouts: { length: 4 } });
    expect(document["answer_diff"]).toContain("@@");
  });

  it("are found in the newest job with the task", async () => {
    const { stdout } = await sandlot("rollouts", "diff", "broken", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ job_id: jobId, worst: null });
    const none = await sandlot("rollouts", "diff", "nothing");
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toContain("unknown_task");
  });
});
