import { createPolicy, type PolicyName } from "../../src/models/balancer/index.ts";
import { seeded } from "../support/measure.ts";
import type { Result } from "./results.ts";
import { SCENARIOS, type ScenarioName } from "./scenarios.ts";
import { Simulation } from "./simulation.ts";
import { workloadOf } from "./workload.ts";

/** One scenario with one seed: the same workload for every policy. */
export interface Job {
  readonly scenario: ScenarioName;
  readonly seed: number;
}

export type JobResults = Partial<Record<PolicyName, Result>>;

export function runJob({ scenario: name, seed }: Job): JobResults {
  const scenario = SCENARIOS[name];
  const rollouts = workloadOf(scenario, seed);
  const results: JobResults = {};
  for (const policy of scenario.policies)
    results[policy] = new Simulation(scenario, rollouts, createPolicy(policy, seeded(seed))).run();
  return results;
}
