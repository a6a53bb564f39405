import type { PolicyName } from "../../src/models/balancer/index.ts";

/** A log-normal length or time; `sigma` of its logarithm. */
export interface LogNormal {
  readonly median: number;
  readonly sigma: number;
  readonly max: number;
}

/** What happens to the fleet, at a time in seconds. */
export type Incident = { readonly atSeconds: number } & (
  | { readonly kind: "slow"; readonly replica: number; readonly factor: number }
  | { readonly kind: "crash" | "start" | "hang"; readonly replica: number }
  /** All replicas pause with `keep`, and go on with other weights. */
  | { readonly kind: "update"; readonly seconds: number; readonly version: string }
  /** A membership without these replicas. */
  | { readonly kind: "members"; readonly absent: readonly number[] }
);

export interface Scenario {
  readonly title: string;
  readonly replicas: number;
  readonly kvTokens: number;
  readonly groups: number;
  readonly perGroup: number;
  /** Rollouts at once. */
  readonly concurrent: number;
  /** The first ones start over so many seconds. */
  readonly rampSeconds: number;
  /** Turns of a rollout: log-normal, or equally likely between neighbouring knots. */
  readonly turns: LogNormal | { readonly knots: readonly number[] };
  readonly promptTokens: LogNormal;
  readonly outputTokens: LogNormal;
  readonly toolTokens: LogNormal;
  readonly toolSeconds: LogNormal;
  readonly maxContext: number;
  readonly incidents: readonly Incident[];
  /** Whether calls name their session and group. */
  readonly isNamed: boolean;
  /** How far the bytes of a prompt are from what its tokens would suggest, either way. */
  readonly sizeError: number;
  /** Whether rollouts start as the balancer advises, up to `concurrent`. */
  readonly followsAdvice: boolean;
  /** Whether rollouts say that they have ended. */
  readonly finishes: boolean;
  readonly policies: readonly PolicyName[];
}

export const ALL: readonly PolicyName[] = [
  "sticky_least_cost",
  "random",
  "round_robin",
  "power_of_two",
  "least_requests",
  "hash_mod",
  "chwbl",
  "sticky_least_sessions",
  "cache_aware",
  "scored",
];

const RIVALS: readonly PolicyName[] = [
  "sticky_least_cost",
  "least_requests",
  "hash_mod",
  "chwbl",
  "sticky_least_sessions",
  "cache_aware",
  "scored",
];

const BASE: Scenario = {
  title: "8 replicas, 48 groups of 8 rollouts, 192 at once",
  replicas: 8,
  kvTokens: 400_000,
  groups: 48,
  perGroup: 8,
  concurrent: 192,
  rampSeconds: 10,
  turns: { median: 12, sigma: 0.7, max: 60 },
  promptTokens: { median: 3_000, sigma: 0.5, max: 20_000 },
  outputTokens: { median: 250, sigma: 1, max: 4_096 },
  toolTokens: { median: 400, sigma: 1, max: 8_192 },
  toolSeconds: { median: 3, sigma: 0.8, max: 60 },
  maxContext: 65_536,
  incidents: [],
  isNamed: true,
  sizeError: 0.1,
  followsAdvice: false,
  finishes: true,
  policies: RIVALS,
};

const OVERLOAD: Scenario = {
  ...BASE,
  kvTokens: 300_000,
  promptTokens: { ...BASE.promptTokens, median: 6_000 },
  turns: { ...BASE.turns, median: 16 },
  policies: ["sticky_least_cost", "least_requests", "chwbl", "sticky_least_sessions", "cache_aware", "scored"],
};

const overload = (concurrent: number, followsAdvice = false): Scenario => ({
  ...OVERLOAD,
  title: `KV 300 k, prompts 6 k, median 16 turns, ${concurrent} at once${followsAdvice ? ", as advised" : ""}`,
  concurrent,
  followsAdvice,
});

export const SCENARIOS = {
  base: { ...BASE, policies: ALL },
  slow: {
    ...BASE,
    title: "one replica at half speed",
    incidents: [{ atSeconds: 0, kind: "slow", replica: 3, factor: 2 }],
  },
  dead: {
    ...BASE,
    title: "a replica dies at 200 s and is back, empty, at 500 s",
    incidents: [
      { atSeconds: 200, kind: "crash", replica: 3 },
      { atSeconds: 500, kind: "start", replica: 3 },
    ],
  },
  hung: {
    ...BASE,
    title: "an engine stops at 700 s, its health endpoint does not; restarted at 1,000 s",
    incidents: [
      { atSeconds: 700, kind: "hang", replica: 3 },
      { atSeconds: 1_000, kind: "crash", replica: 3 },
      { atSeconds: 1_010, kind: "start", replica: 3 },
    ],
    policies: RIVALS.filter((name) => name !== "hash_mod"),
  },
  wide: {
    ...BASE,
    title: "32 replicas, 768 rollouts at once",
    replicas: 32,
    groups: 192,
    concurrent: 768,
    rampSeconds: 40,
  },
  long_prompts: {
    ...BASE,
    title: "prompts of about 10,000 tokens",
    promptTokens: { ...BASE.promptTokens, median: 10_000, max: 32_000 },
  },
  single_turn: {
    ...BASE,
    title: "one turn, 16 rollouts of a group, prompts of about 8,000 tokens",
    groups: 96,
    perGroup: 16,
    turns: { median: 1, sigma: 0, max: 1 },
    promptTokens: { ...BASE.promptTokens, median: 8_000, max: 24_000 },
  },
  overload_384: overload(384),
  overload_160: overload(160),
  overload_112: overload(112),
  overload_80: overload(80),
  overload_advised: overload(384, true),
  update: {
    ...BASE,
    title: "weights are updated at 300, 600 and 900 s, 20 s each, calls kept",
    incidents: [300, 600, 900].map((atSeconds, i) => ({
      atSeconds,
      kind: "update",
      seconds: 20,
      version: `v${i + 1}`,
    })),
  },
  unnamed: {
    ...BASE,
    title: "calls name neither session nor group",
    isNamed: false,
    policies: RIVALS.filter((name) => name !== "hash_mod" && name !== "sticky_least_sessions"),
  },
  burst: { ...BASE, title: "all 384 rollouts start at once", concurrent: 384, rampSeconds: 0 },
  flapping: {
    ...BASE,
    title: "every 60 s one replica leaves the membership, or comes back",
    incidents: Array.from({ length: 20 }, (_, i) => ({
      atSeconds: 60 * (i + 1),
      kind: "members",
      absent: i % 2 === 0 ? [(i >> 1) % 8] : [],
    })),
    policies: RIVALS.filter((name) => name !== "hash_mod"),
  },
  estimates: { ...BASE, title: "prompt sizes wrong by up to 50 %", sizeError: 0.5 },
  no_finish: { ...BASE, title: "no rollout says that it has ended", finishes: false },
  long_sessions: {
    ...BASE,
    title: "turns 5 / 29 / 56 / 85 / 99 (NeMo Gym #2570), 24 groups, 96 at once",
    groups: 24,
    concurrent: 96,
    turns: { knots: [5, 29, 56, 85, 99] },
    outputTokens: { ...BASE.outputTokens, median: 150, max: 2_048 },
    toolTokens: { ...BASE.toolTokens, median: 250, max: 2_048 },
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
