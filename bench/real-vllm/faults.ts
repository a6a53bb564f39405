import { table } from "../support/measure.ts";
import { pause, type Played, playJob, ROLLOUTS } from "./playing.ts";
import type { Setup } from "./setup.ts";

/** Finished rollouts before a replica is hurt. */
const BEFORE = 60;
/** The replica that is hurt. */
const VICTIM = 0;

interface Fault {
  readonly name: string;
  hurt(setup: Setup): Promise<void>;
  heal(setup: Setup): Promise<void>;
}

const restart = ({ engines }: Setup) => engines.restart(VICTIM);

const FAULTS: readonly Fault[] = [
  { name: "none", hurt: async () => undefined, heal: async () => undefined },
  {
    name: "stopped (SIGSTOP)",
    hurt: async ({ engines }) => engines.signal(VICTIM, "SIGSTOP"),
    heal: async ({ engines }) => engines.signal(VICTIM, "SIGCONT"),
  },
  {
    name: "stopped for 3 s",
    async hurt({ engines }) {
      engines.signal(VICTIM, "SIGSTOP");
      await pause(3_000);
      engines.signal(VICTIM, "SIGCONT");
    },
    heal: async () => undefined,
  },
  {
    name: "its engine stopped for 10 s, not its API server",
    async hurt({ engines }) {
      engines.signalCore(VICTIM, "SIGSTOP");
      await pause(10_000);
      engines.signalCore(VICTIM, "SIGCONT");
    },
    heal: async () => undefined,
  },
  {
    name: "drained (REST)",
    hurt: async ({ client, members }) => void (await client.drainReplica("policy", members[VICTIM]?.id ?? "")),
    heal: async ({ client, members }) => void (await client.drainReplica("policy", members[VICTIM]?.id ?? "", false)),
  },
  { name: "ended (SIGTERM)", hurt: async ({ engines }) => engines.signal(VICTIM, "SIGTERM"), heal: restart },
  { name: "killed (SIGKILL)", hurt: async ({ engines }) => engines.signal(VICTIM, "SIGKILL"), heal: restart },
  {
    name: "its engine killed, not its API server",
    hurt: async ({ engines }) => engines.signalCore(VICTIM, "SIGKILL"),
    heal: restart,
  },
];

/** One of the replicas is hurt while a job plays: whether a rollout is lost, and what it costs. */
export async function measureFaults(setup: Setup): Promise<void> {
  const columns = ["lost", "repeated", "one sequence", "seconds", "longest rollout s", "calls by replica"];
  const rows: (string | number)[][] = [[`a replica is hurt in ${ROLLOUTS} rollouts`, ...columns]];
  for (const fault of FAULTS) {
    const played = await playJob(setup.client, async (after) => {
      await after(BEFORE);
      await fault.hurt(setup);
    });
    rows.push([fault.name, ...resultOf(played, setup)]);
    // A replica takes minutes to start, and nobody needs it after the last.
    if (fault === FAULTS.at(-1)) break;
    await fault.heal(setup);
    await untilReady(setup);
  }
  table(rows);
}

function resultOf(
  { lost, repeated, whole, seconds, rollouts, calls }: Played,
  { members }: Setup,
): (string | number)[] {
  const longest = Math.max(...rollouts.map(({ times }) => times?.total_ms ?? 0)) / 1000;
  const spread = members.map(({ id }) => calls.filter(({ replica }) => replica === id).length).join(" + ");
  return [lost, repeated, whole, seconds.toFixed(1), longest.toFixed(1), spread];
}

async function untilReady({ client }: Setup): Promise<void> {
  const until = performance.now() + 120_000;
  while ((await client.getFleet("policy")).replicas.some(({ state }) => state !== "ready")) {
    if (performance.now() > until) throw new Error("a replica has not come back");
    await pause(500);
  }
}
