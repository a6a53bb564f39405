import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPlatform, type Platform } from "../../src/compose/platform.ts";
import { loadConfig } from "../../src/config/index.ts";
import type { JobSubmissionInput } from "../../src/contract/jobs.ts";
import { JobSubmission } from "../../src/contract/jobs.ts";
import type { Rollout, RolloutRecord } from "../../src/contract/rollouts.ts";
import { type CallContext, rootContext } from "../../src/core/context.ts";
import { silentLogger, type Logger } from "../../src/core/logger.ts";
import { startReplayModel } from "../../src/models/index.ts";
import { promptOf } from "../../src/resources/check/index.ts";
import type { Row } from "../../src/resources/index.ts";

export const ctx: CallContext = rootContext();

export interface TestPlatformOptions {
  readonly provider: "docker" | "local";
  /** Base URL of the model `default`. */
  readonly modelUrl: string;
  readonly replay?: boolean;
  readonly dataDir?: string;
  readonly concurrency?: number;
  readonly poolMax?: number;
  readonly slots?: number;
  readonly dockerSocket?: string;
  readonly leaseSeconds?: number;
  readonly logger?: Logger;
  /** Further settings by path, e.g. `models.slow.timeout_seconds`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A platform of its own: database, worker, sandboxes; without HTTP in front. */
export async function openPlatform(options: TestPlatformOptions): Promise<Platform & { dispose(): Promise<void> }> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "sandlot-test-")));
  const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
  const { config } = loadConfig({
    env: {},
    workingDirectory: dataDir,
    flags: [
      flag("data_dir", dataDir),
      flag("sandbox.provider", options.provider),
      flag("sandbox.slots_per_sandbox", options.slots ?? 2),
      flag("sandbox.pool.max", options.poolMax ?? 3),
      ...(options.dockerSocket ? [flag("sandbox.docker.socket", options.dockerSocket)] : []),
      flag("models.default.url", options.modelUrl),
      flag("models.default.model", "replay"),
      flag("models.default.replay", options.replay ?? true),
      flag("models.default.api", "responses"),
      flag("worker.concurrency", options.concurrency ?? 8),
      flag("worker.lease_seconds", options.leaseSeconds ?? 30),
      ...Object.entries(options.settings ?? {}).map(([path, value]) => flag(path, value)),
    ],
  });
  const platform = await startPlatform({ config, logger: options.logger ?? silentLogger });
  return {
    ...platform,
    async dispose() {
      await platform.close(5_000);
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Submits a job and waits for its last rollout. */
export async function runJob(
  platform: Platform,
  submission: JobSubmissionInput,
): Promise<{ jobId: string; rollouts: Rollout[] }> {
  const { job } = await submit(platform, submission);
  for await (const event of platform.jobs.events(ctx, job.id, 0)) if (event.type === "end") break;
  return { jobId: job.id, rollouts: await allRollouts(platform, job.id) };
}

export function submit(platform: Platform, submission: JobSubmissionInput) {
  const body = JSON.stringify(submission);
  return platform.jobs.submit(ctx, { submission: JobSubmission.parse(submission), body, idempotencyKey: null });
}

export async function allRollouts(platform: Platform, jobId: string): Promise<Rollout[]> {
  const rollouts: Rollout[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await platform.jobs.rollouts(ctx, jobId, { cursor, limit: 500, outcomes: null, records: false });
    rollouts.push(...page.items);
    if (page.items.length === 0) return rollouts;
    cursor = page.next_cursor;
  }
}

export async function recordOf(platform: Platform, rollout: Rollout): Promise<RolloutRecord> {
  return platform.jobs.rollout(ctx, rollout.id);
}

/** The replay model over recorded answers of an environment, or over given texts per row. */
export async function replayOf(recordings: readonly { row: Row; answers: readonly string[] }[], delayMs = 0) {
  return startReplayModel({
    recordings: recordings.map(({ row, answers }) => ({ prompt: promptOf(row), answers })),
    delayMs,
  });
}
