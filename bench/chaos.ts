/**
 * The chaos series: two replicas of `serve`, three workers, Postgres, a Docker engine and a model, jobs with honest and hostile
 * candidates, and a consumer that takes complete groups. At random moments one of them is killed with SIGKILL, stopped for longer
 * than its lease, or cut off from Postgres. In the end the ledger check (bench/ledger.ts) must find nothing, at least 95 % must have
 * been scored, and no container may be left. `--calm` brings no fault about: then no more than 1 % may be masked.
 * Exits with 1 otherwise.
 * Usage: npm run bench -- chaos [--rounds 100] [--seed N] [--calm SECONDS] [--expected FILE.json]
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { playSeries } from "./chaos/series.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    calm: { type: "string" },
    expected: { type: "string" },
  },
});
console.log(`seed ${values.seed}`);
const startedAt = performance.now();
const since = () => `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s`;
const report = await playSeries({
  rounds: values.calm === undefined ? Number(values.rounds) : 0,
  calmSeconds: Number(values.calm ?? 0),
  seed: Number(values.seed),
  onRound: (kind, round, kept) => console.log(`${since()}  round ${round}: ${kind}, ${kept} groups kept`),
});
const { expected, findings, outcomes, requested } = report;
if (values.expected !== undefined) writeFileSync(values.expected, JSON.stringify(expected));

const { scored = 0, truncated = 0, cancelled = 0 } = outcomes;
const meant = requested - cancelled;
const share = (count: number) => `${((100 * count) / meant).toFixed(2)} %`;
const masked = meant - scored - truncated;
console.log(`took            ${since()}${report.isSettled ? "" : ", and not everything ended"}`);
console.log(`faults          ${expected.faults.length}`);
console.log(`jobs            ${expected.jobs.length}, groups kept ${expected.taken?.length ?? 0}`);
console.log(`rollouts        ${requested}, of them surplus ${cancelled}`);
console.log(
  `scored          ${scored} (${share(scored)})   truncated ${truncated}   masked ${masked} (${share(masked)})`,
);
console.log(`answers scored  ${JSON.stringify(report.kinds)}`);
console.log(`containers left ${report.containersLeft}`);
for (const { kind, where, detail } of findings.slice(0, 30))
  console.log(`FOUND           ${kind}: ${where}: ${detail}`);
console.log(`found           ${findings.length}`);
const isGood =
  report.isSettled &&
  findings.length === 0 &&
  report.containersLeft === 0 &&
  scored >= 0.95 * meant &&
  (expected.faults.length > 0 || masked <= 0.01 * meant);
process.exit(isGood ? 0 : 1);
