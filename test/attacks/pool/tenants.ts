import type { AttackEntry, Elsewhere } from "../entry.ts";

/** What pools and servers must not let happen is held by their own tests, with real sandboxes and in simulated time. */
function heldBy(id: string, title: string, ...elsewhere: readonly Elsewhere[]): AttackEntry {
  return { id, title, variants: [], twins: [], elsewhere };
}

const POOLS = "src/sandbox/pool/pools.test.ts";
const CONTAINERS = "test/sandbox/pool.test.ts";

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
  { file: "test/server/runs-repeated.test.ts", test: "of different tenants" },
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
  {
    file: "test/server/runs-repeated.test.ts",
    test: "share one execution while it runs",
  },
  { file: "test/server/runs-repeated.test.ts", test: "are tried again after a fault of ours" },
  { file: "test/server/runs-real.test.ts", test: "a request that comes twice runs once" },
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
  {
    file: "test/rollouts/kill-server.test.ts",
    test: "loses nothing and doubles nothing",
  },
  { file: "test/sandbox/reaper.test.ts", test: "has nothing to do after kill -9" },
);

export const lostEngine = heldBy(
  "I111",
  "Engine restart; node lost; image missing",
  {
    file: "test/rollouts/faults.test.ts",
    test: "an engine that is stopped in the middle of a job",
  },
  { file: "test/sandbox/provider-conformance.ts", test: "refuses an image that nobody described" },
);

export const deadTrainer = heldBy("I113", "The driver dies: all its sandboxes are gone", {
  file: "test/sandbox/reaper.test.ts",
  test: "has nothing to do after kill -9: the agents end themselves",
});
