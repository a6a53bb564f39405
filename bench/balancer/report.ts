import type { PolicyName } from "../../src/models/balancer/index.ts";
import { heading, table } from "../support/measure.ts";
import type { JobResults } from "./run-job.ts";
import type { Result } from "./results.ts";
import { SCENARIOS, type ScenarioName } from "./scenarios.ts";
import { meanOf, pairedRatio, type Ratio } from "./statistics.ts";

const OURS: PolicyName = "sticky_least_cost";

/** One policy in one scenario over all seeds. */
export interface PolicySummary {
  /** Of every figure, its mean over the seeds. */
  readonly mean: Result;
  /** Our makespan beside this policy's, seed by seed; null for ours. */
  readonly ours: Ratio | null;
}

export type Summary = Partial<Record<PolicyName, PolicySummary>>;

/** `bySeed` in any order. */
export function summarize(bySeed: readonly JobResults[]): Summary {
  const summary: Summary = {};
  for (const policy of Object.keys(bySeed[0] ?? {}) as PolicyName[]) {
    const results = bySeed.map((of) => of[policy]).filter((result) => result !== undefined);
    const ours = bySeed.map((of) => of[OURS]).filter((result) => result !== undefined);
    const [first] = results;
    if (!first) continue;
    const keys = Object.keys(first) as (keyof Result)[];
    const mean = Object.fromEntries(keys.map((key) => [key, meanOf(results.map((result) => result[key]))]));
    summary[policy] = {
      mean: mean as unknown as Result,
      ours:
        policy === OURS
          ? null
          : pairedRatio(
              ours.map(({ makespan }) => makespan),
              results.map(({ makespan }) => makespan),
            ),
    };
  }
  return summary;
}

/** The table of one scenario. */
export function print(name: ScenarioName, summary: Summary): void {
  heading(`${name}: ${SCENARIOS[name].title}`);
  const seconds = (value: number) => value.toFixed(value < 10 ? 1 : 0);
  const rows = Object.entries(summary).map(([policy, { mean, ours }]) => [
    policy,
    (mean.hits * 100).toFixed(1),
    seconds(mean.makespan),
    `${mean.ttftP50.toFixed(2)} ${seconds(mean.ttftP99)}`,
    `${seconds(mean.turnP50)} ${seconds(mean.turnP99)}`,
    `${seconds(mean.rolloutP50)} ${seconds(mean.rolloutP99)}`,
    `${mean.inFlightCov.toFixed(2)} ${mean.maxOverMean.toFixed(2)}`,
    mean.kvCov.toFixed(2),
    mean.moves.toFixed(0),
    (mean.redone * 100).toFixed(2),
    mean.preemptions.toFixed(0),
    mean.mostAtOnce.toFixed(0),
    ours ? `${short(ours.mean)} [${short(ours.low)}, ${short(ours.high)}]` : "1",
  ]);
  table([
    [
      "",
      "hit %",
      "makespan s",
      "TTFT p50 p99",
      "turn p50 p99",
      "rollout p50 p99",
      "in flight CoV max",
      "KV CoV",
      "moves",
      "redone %",
      "preempted",
      "at once",
      "ours ÷ this",
    ],
    ...rows,
  ]);
}

function short(value: number): string {
  return value.toFixed(3).replace(/^0/, "");
}
