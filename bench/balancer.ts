/**
 * The balancer's policies in virtual time: the code as it is shipped, before simulated replicas that are the stand-in's
 * engines. The same workload for each policy, seed by seed; makespans are compared as paired geometric means.
 * Usage: npm run bench:balancer -- [--seeds 900-919] [--scenario all|NAME,…] [--workers 2] [--json]
 * Tuned on seeds below 100; what is claimed is measured on 900 to 919.
 */
import { parseArgs } from "node:util";
import { barsOf } from "./balancer/bars.ts";
import { decisionCost } from "./balancer/decision-cost.ts";
import { print, summarize, type Summary } from "./balancer/report.ts";
import type { JobResults } from "./balancer/run-job.ts";
import { SCENARIOS, type ScenarioName } from "./balancer/scenarios.ts";
import { runJobs } from "./balancer/workers.ts";
import { heading, missedTargets, row, verdict } from "./support/measure.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "900-919" },
    scenario: { type: "string", default: "all" },
    workers: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});
const [from = Number.NaN, to = from] = values.seeds.split("-").map(Number);
const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
const known = Object.keys(SCENARIOS) as ScenarioName[];
const names = values.scenario === "all" ? known : known.filter((name) => values.scenario.split(",").includes(name));
if (seeds.length < 2 || names.length === 0) {
  console.error(`two seeds at least, and of the scenarios: ${known.join(", ")}`);
  process.exit(2);
}

const done = new Map<ScenarioName, Map<number, JobResults>>(names.map((name) => [name, new Map()]));
const summaries: Partial<Record<ScenarioName, Summary>> = {};
const jobs = names.flatMap((scenario) => seeds.map((seed) => ({ scenario, seed })));
await runJobs(jobs, Number(values.workers), ({ scenario, seed }, results) => {
  const bySeed = done.get(scenario);
  bySeed?.set(seed, results);
  if (bySeed?.size !== seeds.length) return;
  // In the order of seeds, so that sums do not depend on which process was faster.
  const summary = summarize(seeds.map((one) => bySeed.get(one)).filter((one) => one !== undefined));
  summaries[scenario] = summary;
  if (!values.json) print(scenario, summary);
});

const bars = barsOf(summaries);
if (values.json) console.log(JSON.stringify({ seeds, scenarios: summaries, bars }, null, 1));
else {
  heading(`bars (seeds ${values.seeds})`, "value", "at most");
  for (const { name, value, limit, isMet } of bars) row(name, value, limit, verdict(isMet));
  heading("microseconds per call, from acquire to release", "8 replicas", "32");
  for (const policy of ["sticky_least_cost", "least_requests", "hash_mod"] as const)
    row(policy, decisionCost(policy, 8), decisionCost(policy, 32));
}
process.exitCode = bars.every(({ isMet }) => isMet) && missedTargets() === 0 ? 0 : 1;
