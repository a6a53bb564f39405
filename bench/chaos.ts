/**
 * The chaos series: two replicas of `serve`, three workers, Postgres, a Docker engine and a model, jobs with honest and hostile
 * candidates, and a consumer that takes complete groups. At random moments one of them is killed with SIGKILL, stopped for longer
 * than its lease, or cut off from Postgres. In the end the ledger check (bench/ledger.ts) must find nothing, at least 95 % must have
 * been scored, and no container may be left. `--calm` brings no fault about: then no more than 1 % may be masked.
 * Exits with 1 otherwise.
 * Usage: npm run bench -- chaos [--rounds 100] [--seed N] [--calm SECONDS] [--expected FILE.json]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "../src/client/index.ts";
import { composeEnvironments } from "../src/compose/environments.ts";
import { loadConfig } from "../src/config/index.ts";
import { rootContext } from "../src/core/context.ts";
import { readRecordings } from "../src/resources/check/index.ts";
import { imageReference } from "../src/sandbox/images/index.ts";
import { bringFaults } from "./chaos/faults.ts";
import { Load } from "./chaos/load.ts";
import { openStage } from "./chaos/stage.ts";
import { checkLedger } from "./ledger/check-ledger.ts";
import { hashOf } from "./ledger/checks.ts";
import type { Expected } from "./ledger/expected.ts";
import { openReader } from "./ledger/read-store.ts";
import { seeded } from "./support/measure.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    calm: { type: "string" },
    expected: { type: "string" },
  },
});
const ROOT = join(import.meta.dirname, "..");
/** Rollouts that may be open while more is submitted. */
const OPEN_ROLLOUTS = 120;
/** Time for what is open to end when nothing is broken any more. */
const SETTLE_MS = 15 * 60_000;

const random = seeded(Number(values.seed));
const { config } = loadConfig({ env: {}, workingDirectory: ROOT });
const environment = await composeEnvironments(config, null).get("code_gen");
const recordings = await readRecordings(rootContext(), environment);
const texts = readFileSync(join(environment.folder, "data", "tasks.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean);
const rowOf = new Map(texts.map((text) => [(JSON.parse(text) as { task_id: string }).task_id, text]));
const isRight = (kind: string) => kind === "reference" || kind === "honest";
const answers = recordings.flatMap(({ task, answers: given }) =>
  given.map(({ text, kind }) => {
    const worth = { kind, reward: isRight(kind) ? 1 : 0, isHonest: kind !== "hack" };
    return [hashOf(rowOf.get(task) ?? "", text), worth] as const;
  }),
);
const images = await Promise.all([
  imageReference(join(ROOT, "sandboxes", "agent"), "toolbox"),
  imageReference(join(ROOT, "sandboxes", "python"), "python"),
]);

console.log(`seed ${values.seed}`);
const stage = await openStage(
  recordings.map(({ prompt, answers: given }) => ({ prompt, answers: given.map(({ text }) => text) })),
  images,
);
const startedAt = performance.now();
const stop = new AbortController();
const load = new Load({
  replicas: stage.replicas,
  rows: new Map([["code_gen", recordings.flatMap(({ task }) => rowOf.get(task) ?? [])]]),
  random,
  signal: stop.signal,
  openRollouts: OPEN_ROLLOUTS,
});
const loading = load.run();
loading.catch((error: unknown) => console.log(`the load broke off: ${String(error)}`));
await sleep(5_000);
const since = () => `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s`;
const faults =
  values.calm === undefined
    ? await bringFaults(stage, {
        rounds: Number(values.rounds),
        random,
        onRound: (kind, round) => console.log(`${since()}  round ${round}: ${kind}, ${load.taken.length} groups kept`),
      })
    : [];
if (values.calm !== undefined) await sleep(1000 * Number(values.calm));
stop.abort();
const isSettled = await Promise.race([loading.then(() => true), sleep(SETTLE_MS).then(() => false)]);
if (!isSettled) console.log("not everything has ended in time");

const expected: Expected = { jobs: load.jobs, answers: Object.fromEntries(answers), faults, taken: load.taken };
if (values.expected !== undefined) writeFileSync(values.expected, JSON.stringify(expected));
const client = createClient({ url: stage.replicas[0]?.url ?? "" });
const reader = await openReader(stage.database, stage.segments);
const report = await checkLedger(expected, client, reader);
await reader.close();
await client.close();
for (const player of [...stage.workers, ...stage.replicas]) await player.end();
const containers = await stage.containers();

const { scored = 0, truncated = 0, cancelled = 0 } = report.outcomes;
const meant = report.requested - cancelled;
const share = (count: number) => `${((100 * count) / meant).toFixed(2)} %`;
const masked = meant - scored - truncated;
console.log(`took            ${since()}`);
console.log(`faults          ${faults.length}`);
console.log(`jobs            ${load.jobs.length}, groups kept ${load.taken.length}`);
console.log(`rollouts        ${report.requested}, of them surplus ${cancelled}`);
console.log(
  `scored          ${scored} (${share(scored)})   truncated ${truncated}   masked ${masked} (${share(masked)})`,
);
console.log(`answers scored  ${JSON.stringify(report.kinds)}`);
console.log(`containers left ${containers.length}`);
const byKind: Record<string, number> = {};
for (const { kind } of report.findings) byKind[kind] = (byKind[kind] ?? 0) + 1;
for (const { kind, where, detail } of report.findings.slice(0, 30))
  console.log(`FOUND           ${kind}: ${where}: ${detail}`);
console.log(`found           ${report.findings.length} ${report.findings.length === 0 ? "" : JSON.stringify(byKind)}`);
const isGood =
  isSettled &&
  report.findings.length === 0 &&
  containers.length === 0 &&
  scored >= 0.95 * meant &&
  (faults.length > 0 || masked <= 0.01 * meant);
await stage.close();
process.exit(isGood ? 0 : 1);
