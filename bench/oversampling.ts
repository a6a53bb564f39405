/**
 * What over-sampling does to what a trainer sees. A model is right half of the time, and thinks three times as long when it is; groups of
 * eight are played whole, and with four of eight wanted. Prints pass rate and length of what is kept, side by side.
 * Usage: npm run bench -- oversampling [--tasks 100]
 */
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "../src/client/index.ts";
import { cliServices } from "../src/compose/services.ts";
import { loadConfig } from "../src/config/index.ts";
import { silentLogger } from "../src/core/logger.ts";
import { responsesBody } from "../src/models/replay/bodies.ts";
import { seeded, table } from "./support/measure.ts";

const { values } = parseArgs({ options: { tasks: { type: "string", default: "100" } } });
const random = seeded(1);
/** Mean milliseconds of a wrong answer; a right one takes so many times as long. */
const WRONG_MS = 100;
const RIGHT_TIMES = 3;
const REPEATS = 8;

const model = createServer((request, response) => {
  request.resume().on("end", () => {
    const isRight = random() < 0.5;
    const ms = -Math.log(1 - random()) * WRONG_MS * (isRight ? RIGHT_TIMES : 1);
    const text = isRight ? "5" : "6";
    setTimeout(() => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(responsesBody({ model: "m", text, asked: 0, created: 0 })));
    }, ms);
  });
});
await new Promise<void>((resolve) => model.listen(0, "127.0.0.1", resolve));
const address = model.address();
const port = address !== null && typeof address === "object" ? address.port : 0;
const dataDir = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
const flag = (path: string, value: unknown) => ({ flag: `--${path}`, path: path.split("."), value });
const { config } = loadConfig({
  env: {},
  workingDirectory: dataDir,
  flags: [
    flag("data_dir", dataDir),
    flag("server.port", 0),
    flag("sandbox.provider", "local"),
    flag("environments.paths", [join(import.meta.dirname, "../examples/environments")]),
    flag("worker.concurrency", 64),
    // A worker hears of a surplus with the next renewal of its leases.
    flag("worker.lease_seconds", 1),
    flag("models.default.url", `http://127.0.0.1:${port}`),
    flag("models.default.model", "m"),
    flag("models.default.api", "responses"),
  ],
});
const server = await cliServices.startServer({ config, logger: silentLogger });
const client = createClient({ url: server.url });
const rows = Array.from({ length: Number(values.tasks) }, (_, i) => ({
  task_id: `t${i}`,
  question: `What is 5 + 0? (${i})`,
  answer: 5,
}));

const lines: string[][] = [];
for (const wanted of [undefined, 4]) {
  const groups = wanted === undefined ? {} : { wanted };
  const job = await client.submitJob({ environment: "boxes", tasks: { rows }, repeats: REPEATS, groups });
  for await (const event of client.jobEvents(job.id)) if (event.type === "end") break;
  const kept: { reward: number; ms: number }[] = [];
  for (let cursor: string | undefined, complete = false; !complete;) {
    const page = await client.listRollouts(job.id, { cursor, limit: 500 });
    for (const { masked, reward, times } of page.items) {
      if (masked === false && reward !== null) kept.push({ reward, ms: times?.model_ms ?? 0 });
    }
    cursor = page.next_cursor;
    complete = page.complete;
  }
  const mean = (read: (one: (typeof kept)[number]) => number) =>
    kept.reduce((sum, one) => sum + read(one), 0) / kept.length;
  const { ended_at, started_at } = await client.getJob(job.id);
  const seconds = (Date.parse(ended_at ?? "") - Date.parse(started_at ?? "")) / 1000;
  lines.push([
    wanted === undefined ? `all of ${REPEATS}` : `${wanted} of ${REPEATS}`,
    String(kept.length),
    mean(({ reward }) => reward).toFixed(3),
    mean(({ ms }) => ms).toFixed(0),
    seconds.toFixed(1),
  ]);
}
table([["wanted", "kept", "pass rate", "mean ms of the model", "seconds"], ...lines]);
await client.close();
await server.close(1_000);
model.close();
rmSync(dataDir, { recursive: true, force: true });
process.exit(0);
