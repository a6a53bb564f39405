/**
 * Metrics and the whole profile of one large job, read while nothing else runs: seconds, memory, and how long the event loop was
 * held meanwhile. The rollouts are written straight into the database; what is read is what a server reads.
 * Usage: npm run bench -- readings [--tasks 12500] [--repeats 8]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { rootContext } from "../src/core/context.ts";
import { newId } from "../src/core/ids.ts";
import { silentLogger } from "../src/core/logger.ts";
import { Environments } from "../src/resources/index.ts";
import { JobReader } from "../src/rollouts/metrics/job-reader.ts";
import { openStore, startEmbeddedPostgres } from "../src/store/index.ts";

const { values } = parseArgs({
  options: { tasks: { type: "string", default: "12500" }, repeats: { type: "string", default: "8" } },
});
const tasks = Number(values.tasks);
const repeats = Number(values.repeats);
const ctx = rootContext();
const directory = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
const database = await startEmbeddedPostgres({ dataDirectory: directory });
const store = await openStore({
  database: { connection: database.connection },
  segments: { directory: join(directory, "segments") },
  logger: silentLogger,
});

/** A job whose rollouts are done: three of a hundred masked, the others right as their task is hard. */
async function playedJob(): Promise<string> {
  const id = newId("job");
  const row = await store.blobs.append(ctx, new Map([["row", Buffer.from("{}")]]));
  await store.jobs.create(ctx, {
    id,
    environment: "code_gen",
    model: "m",
    repeats,
    priority: 0,
    labels: {},
    limits: {},
    onTruncated: "score",
    sampling: "{}",
    replay: false,
    accepting: false,
    groups: { wanted: null, window: null, seconds: null },
    deadline: null,
    retries: {},
    maxVersionsBehind: null,
    retryOf: null,
    idempotency: null,
    tasks: Array.from({ length: tasks }, (_, i) => ({ taskId: `task-${i}`, row, part: "row", size: repeats })),
  });
  const { socketDirectory: host, user, database: name } = database.connection;
  const client = new Client({ host, user, database: name });
  await client.connect();
  await client.query(`update rollouts set state = 'done', sequence = 1 + task_index * ${repeats} + rollout_index, ended_at = now(),
    outcome = case when (task_index * 7 + rollout_index) % 33 = 0 then 'sandbox_error' else 'scored' end,
    masked = (task_index * 7 + rollout_index) % 33 = 0,
    reward = case when (task_index * 7 + rollout_index) % 33 = 0 then null
      when rollout_index < task_index % ${repeats + 1} then 1 else 0 end,
    reason = case when rollout_index < task_index % ${repeats + 1} then null else 'wrong_answer' end,
    metrics = ('{"input_tokens":' || 200 + task_index % 500 || ',"output_tokens":' || 50 + (task_index * 31 + rollout_index * 97) % 9000
      || ',"total_tokens":1000,"turns":3,"tool_calls":2,"unit_tests_time_taken":' || random() || ',"reasoning_format_violation_rate":0}')::json,
    times = '{"total_ms":1234.5,"model_ms":1000,"tools_ms":100,"verify_ms":134.5}',
    answer = 'a' || (task_index + rollout_index * rollout_index) % 5`);
  await client.query("update jobs set state = 'completed', open = 0, ended_at = now()");
  await client.query("analyze rollouts");
  await client.end();
  return id;
}

async function measured(name: string, work: () => Promise<string>): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const began = performance.now();
  const found = await work();
  const seconds = (performance.now() - began) / 1000;
  delay.disable();
  const held = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => (ns / 1e6).toFixed(1));
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `${name.padEnd(10)} ${seconds.toFixed(2)} s  ${Math.round((tasks * repeats) / seconds)} rollouts/s  ` +
      `event loop p50/p99/max ${held.join("/")} ms  memory +${grown.toFixed(0)} MiB  ${found}`,
  );
}

try {
  console.log(`${cpus()[0]?.model ?? "?"} × ${cpus().length}, Node ${process.version}`);
  const began = performance.now();
  const id = await playedJob();
  console.log(`${tasks} tasks of ${repeats} rollouts written in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const job = (await store.jobs.get(ctx, id)) ?? process.exit(1);
  const environments = new Environments({ roots: [], compiled: () => null, services: () => process.exit(1) });
  const reader = new JobReader({ store, environments });
  for (let round = 0; round < 3; round++) {
    await measured("metrics", async () => {
      const { key_metrics: metrics, coverage } = await reader.metrics(ctx, job);
      return `mean ${metrics["mean/reward"]?.toFixed(4)} over ${coverage.measured}`;
    });
    await measured("profile", async () => {
      let kept = 0;
      for (let cursor: string | null = null; ;) {
        const query = { filter: { min_pass: 0.1, max_pass: 0.9 }, cursor, limit: 100, rows: false };
        const page = await reader.profile(ctx, job, query);
        kept += page.items.length;
        cursor = page.next_cursor;
        if (cursor === null) return `${kept} of ${tasks} tasks in the band`;
      }
    });
  }
} finally {
  await store.close();
  await database.stop();
  rmSync(directory, { recursive: true, force: true });
}
