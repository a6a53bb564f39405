import type { Expected } from "../ledger/expected.ts";
import type { Stage } from "./stage.ts";

/** Longest pause of a worker: beyond its lease of six seconds. */
const STOPPED_MS = 9_000;

type Bring = (stage: Stage, random: () => number) => Promise<void>;

const oneOf = <T>(items: readonly T[], random: () => number): T | undefined =>
  items[Math.floor(random() * items.length)];

/** Each brings one fault about and ends it; resolves when what was broken works again, as far as it does by itself. */
export const FAULTS: Readonly<Record<string, Bring>> = {
  "kill a replica": async ({ replicas }, random) => oneOf(replicas, random)?.kill(1_000),
  "kill a worker": async ({ workers }, random) => oneOf(workers, random)?.kill(2_000),
  "kill an agent": async (stage, random) => signal(oneOf(await stage.agents(), random), "SIGKILL"),
  "kill the engine": (stage) => stage.killEngine(2_000),
  "kill Postgres": (stage) => stage.killPostgres(),
  "kill the model": (stage) => stage.killModel(2_000),
  "cut a worker off": (stage, random) =>
    stage.cut(Math.floor(random() * stage.workers.length), random() < 0.5 ? 2_000 : STOPPED_MS),
  "stop a worker": async ({ workers }, random) => {
    const pid = oneOf(workers, random)?.pid;
    signal(pid, "SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    signal(pid, "SIGCONT");
  },
};

/** It may have gone meanwhile. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid) process.kill(pid, name);
  } catch {
    // Then there is nothing to do.
  }
}

/** Brings one fault of each kind about in turn, in a new order each time; answers what was broken when. */
export async function bringFaults(
  stage: Stage,
  { rounds, random, onRound }: { rounds: number; random: () => number; onRound: (kind: string, round: number) => void },
): Promise<Expected["faults"]> {
  const faults: Expected["faults"] = [];
  let kinds: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    if (kinds.length === 0) kinds = shuffled(Object.keys(FAULTS), random);
    const kind = kinds.pop() ?? "";
    onRound(kind, round);
    const at = Date.now();
    await FAULTS[kind]?.(stage, random);
    faults.push({ kind, at, until: Date.now() });
    await new Promise((resolve) => setTimeout(resolve, 500 + random() * 4_000));
  }
  return faults;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
