import { Balancer, createPolicy, type PolicyName } from "../../src/models/balancer/index.ts";
import { seeded } from "../support/measure.ts";
import { VirtualClock } from "./event-queue.ts";

const CALLS = 100_000;

/** Microseconds of this machine that one call costs the balancer, from `acquire` to `release`. */
export function decisionCost(policy: PolicyName, replicas: number): number {
  const balancer = new Balancer({ clock: new VirtualClock(), policy: createPolicy(policy, seeded(1)) });
  const ids = Array.from({ length: replicas }, (_, i) => `r${i}`);
  balancer.setMembers({ generation: 1, members: ids.map((id) => ({ id })) });
  for (const id of ids) for (let i = 0; i < 2; i++) balancer.probed(id, "good");
  const sessions = 24 * replicas;
  let startedAt = 0;
  // The first tenth warms up.
  for (let i = -CALLS / 10; i < CALLS; i++) {
    if (i === 0) startedAt = performance.now();
    const session = Math.abs(i) % sessions;
    const lease = balancer.acquire({
      session: `s${session}`,
      group: `g${session >> 3}`,
      size: { tokens: 3_000 + (Math.abs(i) % 9_000) },
      deadline: 1_000,
    });
    if (lease.kind === "lease") lease.release({ promptTokens: 3_000 + (Math.abs(i) % 9_000), completionTokens: 250 });
    if (i % 14 === 0) balancer.finish(`s${session}`);
  }
  return ((performance.now() - startedAt) * 1000) / CALLS;
}
