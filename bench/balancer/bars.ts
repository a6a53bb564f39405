import type { PolicyName } from "../../src/models/balancer/index.ts";
import type { PolicySummary, Summary } from "./report.ts";
import type { ScenarioName } from "./scenarios.ts";

/** A promise about the default policy, and how far it is kept. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** What the value must not exceed. */
  readonly limit: number;
  readonly isMet: boolean;
}

type Summaries = Partial<Record<ScenarioName, Summary>>;

/** The bars of the scenarios that were run. */
export function barsOf(summaries: Summaries): Bar[] {
  const bars: Bar[] = [];
  const atMost = (name: string, value: number | undefined, limit: number) => {
    if (value !== undefined) bars.push({ name, value, limit, isMet: value <= limit });
  };
  const of = (scenario: ScenarioName, policy: PolicyName = "sticky_least_cost"): PolicySummary | undefined =>
    summaries[scenario]?.[policy];

  const base = of("base")?.mean;
  atMost("base: prompt tokens not cached, share", base && 1 - base.hits, 0.1);
  atMost("base: CoV of calls in flight", base?.inFlightCov, 0.3);
  atMost("base: makespan ÷ least_requests", of("base", "least_requests")?.ours?.mean, 0.65);
  atMost("base: makespan ÷ hash_mod", of("base", "hash_mod")?.ours?.mean, 0.75);
  atMost("base: makespan ÷ sticky_least_sessions", of("base", "sticky_least_sessions")?.ours?.mean, 0.95);
  for (const [policy, { ours }] of Object.entries(summaries.base ?? {}))
    atMost(`base: upper limit of makespan ÷ ${policy}`, ours?.high, 0.999);
  for (const policy of ["sticky_least_sessions", "cache_aware", "scored"] as const)
    atMost(`slow: makespan ÷ ${policy}`, of("slow", policy)?.ours?.mean, 0.9);
  const dead = of("dead")?.mean;
  atMost("dead: makespan ÷ own base", dead && base && dead.makespan / base.makespan, 1.06);
  atMost("dead: rollouts lost", dead?.lost, 0);
  atMost("dead: tokens generated twice, share", dead?.redone, 0.02);
  atMost("hung: rollouts lost", of("hung")?.mean.lost, 0);
  atMost("single_turn: makespan ÷ cache_aware", of("single_turn", "cache_aware")?.ours?.mean, 1.05);
  const update = of("update")?.mean;
  atMost("update: calls failed or refused", update && update.resent + update.refused, 0);
  atMost("update: answers twice", update?.duplicated, 0);
  atMost("update: answers without versions", update?.unversioned, 0);
  for (const scenario of Object.keys(summaries) as ScenarioName[])
    atMost(`${scenario}: rollouts lost or answered twice`, sum(of(scenario)), 0);
  return bars;
}

function sum(summary: PolicySummary | undefined): number | undefined {
  return summary && summary.mean.lost + summary.mean.duplicated;
}
