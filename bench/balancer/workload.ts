import { seeded } from "../support/measure.ts";
import type { LogNormal, Scenario } from "./scenarios.ts";

export interface PlannedTurn {
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** From the answer to the next turn. */
  readonly toolMs: number;
}

/** One rollout with all its lengths: the same whoever routes it. */
export interface PlannedRollout {
  readonly index: number;
  readonly group: number;
  /** Tokens it shares with its group. */
  readonly sharedTokens: number;
  readonly turns: readonly PlannedTurn[];
  /** Bytes per token of its text, which the balancer has to guess. */
  readonly bytesPerToken: number;
}

const BYTES_PER_TOKEN = 3.6;

/** The rollouts of a scenario, group by group. */
export function workloadOf(scenario: Scenario, seed: number): PlannedRollout[] {
  const random = seeded(seed);
  const lengths = (of: LogNormal) => Math.max(1, Math.round(logNormal(of, random)));
  const turnsOf = () => ("knots" in scenario.turns ? between(scenario.turns.knots, random()) : lengths(scenario.turns));
  const rollouts: PlannedRollout[] = [];
  for (let group = 0; group < scenario.groups; group++) {
    const sharedTokens = lengths(scenario.promptTokens);
    for (let i = 0; i < scenario.perGroup; i++) {
      const turns: PlannedTurn[] = [];
      let promptTokens = sharedTokens;
      for (let left = turnsOf(); left > 0; left--) {
        const outputTokens = lengths(scenario.outputTokens);
        if (promptTokens + outputTokens > scenario.maxContext) break;
        turns.push({ promptTokens, outputTokens, toolMs: logNormal(scenario.toolSeconds, random) * 1000 });
        promptTokens += outputTokens + lengths(scenario.toolTokens);
      }
      const error = 1 + scenario.sizeError * (2 * random() - 1);
      rollouts.push({ index: rollouts.length, group, sharedTokens, turns, bytesPerToken: BYTES_PER_TOKEN * error });
    }
  }
  return rollouts;
}

/** Ids of the full blocks of the first `tokens` tokens: those of the group's prompt, then the rollout's own. */
export function blocksOf(
  { index, group, sharedTokens }: PlannedRollout,
  tokens: number,
  blockTokens: number,
): number[] {
  const shared = Math.floor(sharedTokens / blockTokens);
  // No two owners have as many blocks as 2^20.
  const [groupBase, ownBase] = [2 * group * 2 ** 20, (2 * index + 1) * 2 ** 20];
  return Array.from({ length: Math.floor(tokens / blockTokens) }, (_, i) => (i < shared ? groupBase : ownBase) + i);
}

function logNormal({ median, sigma, max }: LogNormal, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(max, median * Math.exp(sigma * normal));
}

function between(knots: readonly number[], share: number): number {
  const at = share * (knots.length - 1);
  const [low, high] = [knots[Math.floor(at)] ?? 1, knots[Math.ceil(at)] ?? 1];
  return Math.round(low + (high - low) * (at - Math.floor(at)));
}
