import type { AttackEntry, Elsewhere } from "../entry.ts";

/** What pools and servers must not let happen is held by their own tests, with real sandboxes and in simulated time. */
function heldBy(id: string, title: string, ...elsewhere: readonly Elsewhere[]): AttackEntry {
  return { id, title, variants: [], twins: [], elsewhere };
}

const POOLS = "src/sandbox/pool/pools.test.ts";
const CONTAINERS = "test/sandbox/pool.test.ts";
const REPEATED = "test/server/runs-repeated.test.ts";
const KILLS = "test/rollouts/kill-server.test.ts";
const KUBERNETES = "src/sandbox/kubernetes";

export const doubleHandOut = heldBy(
  "H104",
  "A claimed sandbox is claimed again by another episode",
  {
    file: "src/sandbox/pool/schedules.test.ts",
    test: "holds its promises in every schedule",
  },
  { file: CONTAINERS, test: "gives 64 claims at once two slots each" },
);

export const poisoned = heldBy(
  "H105",
  "Dead or poisoned pool member is handed out",
  {
    file: CONTAINERS,
    test: "never hands out what was killed while it was idle",
  },
  { file: CONTAINERS, test: "passes over one whose agent is stopped" },
);

export const otherLimits = heldBy(
  "H106",
  "Sandbox of run 1 handed to run 2 with other limits, image or network rules",
  {
    file: CONTAINERS,
    test: "removes a sandbox that was leased whole, and shares none between tenants or other limits",
  },
);

export const guessedIds = heldBy(
  "H107",
  "Cross-tenant ids: guess another's on every verb",
  {
    file: "test/execution/sessions.test.ts",
    test: "belong to the tenant that opened them",
  },
  { file: "test/server/sessions.test.ts", test: "is its tenant's alone" },
  { part: "pools and sandboxes", file: "test/server/pools.test.ts", test: "an admin finds nothing of another tenant" },
  { file: REPEATED, test: "of different tenants" },
);

export const creationStorm = heldBy(
  "H108",
  "Pool creation storm: broken image, refused quota",
  {
    file: POOLS,
    test: "try a specification that failed with one sandbox",
  },
  { file: POOLS, test: "begin so many creations a second" },
  { file: "src/sandbox/pool/pool.test.ts", test: "waits through failures to create" },
);

export const repeatedRequests = heldBy(
  "F77",
  "The same request id twice, at once and after a crash",
  { part: "at once", file: REPEATED, test: "share one execution while it runs" },
  { part: "at once", file: "test/server/runs-real.test.ts", test: "a request that comes twice runs once" },
  { part: "afterwards", file: REPEATED, test: "get the same answer afterwards" },
  { part: "another body", file: REPEATED, test: "but another body are in conflict" },
  { part: "after a fault", file: REPEATED, test: "are tried again after a fault of ours" },
  // Answers of runs are kept in memory, and a run that is asked for again after a crash runs again; jobs are kept.
  { part: "jobs, after a crash", file: KILLS, test: "loses nothing and doubles nothing" },
);

export const slowReaders = heldBy(
  "F78",
  "Slow-reading client",
  {
    file: "test/server/streams.test.ts",
    test: "a reader that does not read holds the source back",
  },
  { file: "test/server/runs.test.ts", test: "answers that nobody has read yet are bounded" },
);

export const overload = heldBy(
  "F80",
  "10× overload",
  {
    file: "test/execution/engine-conformance.ts",
    test: "keeps serving at ten times its load",
  },
  { file: "test/execution/engine.test.ts", test: "keeps its goodput at ten times the load" },
);

export const killedServers = heldBy(
  "I109",
  "kill -9 of the server mid-run, mid-claim, mid-refill, mid-delete",
  { file: KILLS, test: "loses nothing and doubles nothing" },
  { file: "test/sandbox/reaper.test.ts", test: "has nothing to do after kill -9" },
);

export const lostEngine = heldBy(
  "I111",
  "Engine restart; node lost, drained or short of memory; API server away; image missing",
  {
    part: "engine restart",
    file: "test/rollouts/faults.test.ts",
    test: "an engine that is stopped in the middle of a job",
  },
  {
    part: "drain, eviction, preemption, a node that is lost or shuts down",
    file: `${KUBERNETES}/pod-state.test.ts`,
    test: "is ended by %s",
  },
  {
    part: "a node that refuses the pod",
    file: `${KUBERNETES}/pod-state.test.ts`,
    test: "is failed when its node refuses it",
  },
  {
    part: "API server: silence",
    file: `${KUBERNETES}/pod-watch.test.ts`,
    test: "goes on when the server does not answer for a while",
  },
  {
    part: "API server: watches that end",
    file: `${KUBERNETES}/pod-watch.test.ts`,
    test: "looks at everything afresh when the watch ends",
  },
  { part: "API server: refusals", file: `${KUBERNETES}/errors.test.ts`, test: "says what %s comes to" },
  {
    part: "API server: calls that hang",
    file: `${KUBERNETES}/client.test.ts`,
    test: "ends a call that nobody answers with its context",
  },
  {
    part: "image: unknown",
    file: "test/sandbox/provider-conformance.ts",
    test: "refuses an image that nobody described",
  },
  {
    part: "image: not on the node",
    file: `${KUBERNETES}/pod-state.test.ts`,
    test: "is failed when its container waits for",
  },
);

export const deadTrainer = heldBy("I113", "The driver dies: all its sandboxes are gone", {
  file: "test/sandbox/reaper.test.ts",
  test: "has nothing to do after kill -9: the agents end themselves",
});
