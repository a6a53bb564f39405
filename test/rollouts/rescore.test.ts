import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RescoreTally, RewardFlip } from "../../src/contract/rescores.ts";
import { rootContext } from "../../src/core/context.ts";
import type { Row } from "../../src/resources/index.ts";
import { serve } from "../server/support/serve.ts";
import { allRollouts, ctx, openPlatform, recordOf, replayOf, runJob } from "../support/platform.ts";

const root = mkdtempSync(join(tmpdir(), "sandlot-rescore-"));
const setRule = (rule: string) => writeFileSync(join(root, "rule"), rule);

/** Its verifier is what the file \`rule\` says at the moment. */
const RESOURCE = `
import { readFileSync } from "node:fs";
const row = { safeParse: (value) => ({ success: true, data: value }), parse: (value) => value };
export default {
  row,
  async verify(ctx, { row, answer }) {
    const rule = readFileSync(${JSON.stringify(join(root, "rule"))}, "utf8");
    if (rule === "throws") throw new Error("the verifier has a hole");
    const right = rule === "exact" ? answer === row.wanted : answer.includes(row.wanted);
    return {
      reward: right ? 1 : 0,
      status: right ? "passed" : "failed",
      reason: right ? null : "wrong_answer",
      message: right ? "as wanted" : "not as wanted by " + rule,
      answer,
      cases: [],
      tests: 1,
      flaky: false,
      sandbox: null,
    };
  },
};
`;

function taskRow(id: string, wanted: string): Row {
  const value = { task_id: id, wanted, responses_create_params: { input: [{ role: "user", content: id }] } };
  return { raw: JSON.stringify(value), value };
}

/** Of four tasks: exact, with words round it, wrong, exact. */
const TASKS = ["exact", "wordy", "wrong", "again"].map((id) => taskRow(id, "42"));
const ANSWERS: Readonly<Record<string, string>> = { exact: "42", wordy: "It is 42.", wrong: "41", again: "42" };

let platform: Awaited<ReturnType<typeof openPlatform>>;
let model: Awaited<ReturnType<typeof replayOf>>;

beforeAll(async () => {
  mkdirSync(join(root, "ruled"));
  const manifest = "name: ruled\ndescription: d\nlicence: Apache-2.0\nresource: resource.mjs\n";
  writeFileSync(join(root, "ruled", "environment.yaml"), `${manifest}datasets: [{ name: tasks, path: tasks.jsonl }]\n`);
  writeFileSync(join(root, "ruled", "resource.mjs"), RESOURCE);
  writeFileSync(join(root, "ruled", "tasks.jsonl"), `${TASKS.map(({ raw }) => raw).join("\n")}\n`);
  setRule("contains");
  model = await replayOf(TASKS.map((row) => ({ row, answers: [ANSWERS[String(row.value["task_id"])] ?? ""] })));
  const settings = { "environments.paths": [root] };
  platform = await openPlatform({ provider: "local", modelUrl: model.url, settings, concurrency: 16 });
});
afterAll(async () => {
  await platform?.dispose();
  await model?.stop();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => setRule("contains"));

const { rescores } = { rescores: () => platform.rescores ?? expect.unreachable("this process has sandboxes") };

async function rescore(jobId: string): Promise<{ tally: RescoreTally; flips: RewardFlip[] }> {
  const flips: RewardFlip[] = [];
  for await (const event of await rescores().rescore(ctx, jobId)) {
    if (event.type === "flip") flips.push(event.flip);
    if (event.type === "end") return { tally: event.tally, flips };
  }
  return expect.unreachable("a rescore ends with its end");
}

describe("a job that is rescored", () => {
  it("says whose reward flips and why, and keeps the first verdict as it was", async () => {
    const { jobId, rollouts } = await runJob(platform, { environment: "ruled", repeats: 2 });
    expect(rollouts.filter(({ reward }) => reward === 1)).toHaveLength(6);
    setRule("exact");
    const { tally, flips } = await rescore(jobId);
    expect(tally).toMatchObject({ finished: 8, rescored: 8, skipped: 0, masked: 0, flipped: 2 });
    expect([tally.mean_before, tally.mean_after]).toEqual([0.75, 0.5]);
    expect(flips).toHaveLength(2);
    for (const flip of flips) {
      expect(flip).toMatchObject({
        task_id: "wordy",
        before: { outcome: "scored", reward: 1, reason: null },
        after: { outcome: "scored", reward: 0, reason: "wrong_answer" },
        message: "not as wanted by exact",
      });
    }
    expect(await allRollouts(platform, jobId)).toEqual(rollouts);
    const wordy = rollouts.find(({ task_id }) => task_id === "wordy");
    if (!wordy) return expect.unreachable();
    expect((await recordOf(platform, wordy)).verdict?.reward).toBe(1);
    const versions = await platform.jobs.verdicts(ctx, wordy.id);
    expect(versions).toMatchObject([
      { version: 1, rescore_id: null, reward: 1, verdict: { message: "as wanted" } },
      { version: 2, rescore_id: tally.id, reward: 0, verdict: { message: "not as wanted by exact" } },
    ]);
  });

  it("gets no reward of 0 for a fault of the verifier's", async () => {
    const { jobId, rollouts } = await runJob(platform, { environment: "ruled" });
    setRule("throws");
    const { tally, flips } = await rescore(jobId);
    expect(tally).toMatchObject({ rescored: 4, masked: 4, flipped: 4, mean_before: 0.75, mean_after: null });
    expect(flips[0]).toMatchObject({ after: { outcome: "resource_error", reward: null, reason: "resource_failed" } });
    setRule("exact");
    expect((await rescore(jobId)).tally).toMatchObject({ masked: 0, flipped: 1 });
    const versions = await platform.jobs.verdicts(ctx, rollouts[0]?.id ?? "");
    expect(versions.map(({ version, outcome }) => [version, outcome])).toEqual([
      [1, "scored"],
      [2, "resource_error"],
      [3, "scored"],
    ]);
    expect(versions[1]?.error).toMatchObject({ code: "resource_failed" });
  });

  it("gives rollouts a reward that a fault had kept from one", async () => {
    setRule("throws");
    const { jobId, rollouts } = await runJob(platform, { environment: "ruled" });
    expect(rollouts.map(({ outcome }) => outcome)).toEqual(rollouts.map(() => "resource_error"));
    setRule("contains");
    const { tally, flips } = await rescore(jobId);
    expect(tally).toMatchObject({ rescored: 4, flipped: 4, mean_before: null, mean_after: 0.75 });
    expect(flips[0]).toMatchObject({ before: { reward: null }, after: { outcome: "scored" } });
  });

  it("is another tenant's to nobody", async () => {
    const { jobId, rollouts } = await runJob(platform, { environment: "ruled", tasks: { limit: 1 } });
    const stranger = rootContext({ principal: { tenant: "other", scopes: ["jobs", "hidden_tests"] } });
    await expect(rescores().rescore(stranger, jobId)).rejects.toMatchObject({ code: "not_found" });
    await expect(platform.jobs.verdicts(stranger, rollouts[0]?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
  });

  it("is rescored over REST, at once and as a stream", async () => {
    const { jobId, rollouts } = await runJob(platform, { environment: "ruled" });
    setRule("exact");
    const { send } = await serve({ jobs: platform.jobs, rescores: rescores() });
    const whole = await send({ path: `/api/v1/jobs/${jobId}/rescore`, method: "POST" });
    expect(whole.json).toMatchObject({ job_id: jobId, flipped: 1, flips: [{ task_id: "wordy" }] });
    const stream = await send({ path: `/api/v1/jobs/${jobId}/rescore/stream`, method: "POST" });
    expect(Array.from(stream.text.matchAll(/^event: (\w+)$/gm), ([, name]) => name)).toEqual(["flip", "end"]);
    const verdicts = await send({ path: `/api/v1/rollouts/${rollouts[0]?.id}/verdicts` });
    expect(verdicts.json["items"]).toHaveLength(3);
    expect((await send({ path: "/api/v1/jobs/job_none/rescore", method: "POST" })).status).toBe(404);
    const without = await serve({ jobs: platform.jobs });
    const refused = await without.send({ path: `/api/v1/jobs/${jobId}/rescore`, method: "POST" });
    expect([refused.status, refused.error.code]).toEqual([503, "provider_unavailable"]);
  });

  it("of hundreds of rollouts is rescored at hundreds a second", async () => {
    const { jobId } = await runJob(platform, { environment: "ruled", repeats: 100 });
    setRule("exact");
    const startedAt = performance.now();
    const { tally } = await rescore(jobId);
    const perSecond = (1000 * tally.rescored) / (performance.now() - startedAt);
    expect(tally).toMatchObject({ rescored: tally.finished, flipped: tally.finished / 4 });
    // 10,000 in about a minute, on a machine that others use, too.
    expect(perSecond).toBeGreaterThan(100);
  });
});
