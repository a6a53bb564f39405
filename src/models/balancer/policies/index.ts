import { RandomPolicy, LeastRequests, PowerOfTwo, RoundRobin } from "./by-load.ts";
import { CacheAware, Scored } from "./by-prefix.ts";
import { BoundedLoadRing, HashModulo, StickyLeastSessions } from "./by-session.ts";
import type { Policy } from "./policy.ts";
import { StickyLeastCost } from "./sticky-least-cost.ts";

/** All policies by name; `sticky_least_cost` is the default, the others are there to be compared with it. */
export const POLICIES = {
  sticky_least_cost: () => new StickyLeastCost(),
  random: (random) => new RandomPolicy(random),
  round_robin: () => new RoundRobin(),
  least_requests: (random) => new LeastRequests(random),
  power_of_two: (random) => new PowerOfTwo(random),
  hash_mod: () => new HashModulo(),
  chwbl: () => new BoundedLoadRing(),
  sticky_least_sessions: () => new StickyLeastSessions(),
  cache_aware: (random) => new CacheAware(random),
  scored: (random) => new Scored(random),
} as const satisfies Record<string, (random: () => number) => Policy>;

export type PolicyName = keyof typeof POLICIES;

/** A policy that remembers nothing yet. `random` gives numbers from 0 to 1. */
export function createPolicy(name: PolicyName, random: () => number): Policy {
  return POLICIES[name](random);
}
