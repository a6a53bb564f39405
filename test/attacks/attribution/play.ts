import { createHash } from "node:crypto";
import { systemClock } from "../../../src/core/clock.ts";
import { type CallContext, orAborted, withScope } from "../../../src/core/context.ts";
import { messageOf } from "../../../src/core/errors/sandlot-error.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { type Candidate, CandidateRunner, type CandidateRun } from "../../../src/execution/index.ts";
import { stageOf } from "../../../src/execution/stage.ts";
import { DEFAULT_POOL_LIMITS, type SandboxPool, SandboxPools } from "../../../src/sandbox/index.ts";
import { ctx, openProvider } from "../../support/sandboxes.ts";
import type { AttackRun } from "../entry.ts";
import { LIMITS, SPEC } from "../gate/defaults.ts";
import type { Target } from "../gate/target.ts";
import { py, withMore } from "../kit.ts";
import { BUYERS, type Buyer } from "./buyers.ts";

/** What a candidate got: the status of its run, or `MASK` and the error that nobody is blamed for. */
export interface Bought {
  readonly name: string;
  readonly got: string;
  readonly isMask: boolean;
}

export interface Sale {
  readonly buyers: readonly Bought[];
  readonly honest: { readonly runs: number; readonly wronged: readonly string[] };
}

const AT_ONCE = 5;
const NEIGHBOURS = 2;

/** Every buyer among honest neighbours, in pools as they are in production. */
export async function sell(target: Target): Promise<Sale> {
  const { provider, close } = await openProvider(target.provider);
  const pools = new SandboxPools({
    provider,
    limits: { ...DEFAULT_POOL_LIMITS, max: 8 },
    acceptUnenforced: target.provider === "local" ? ["memory_total", "processes_total", "inodes"] : [],
    clock: systemClock,
    logger: silentLogger,
  });
  const pool = pools.pool({ ...SPEC, slots: 4, mode: target.mode, runtime: target.runtime });
  const queue = [...BUYERS];
  const buyers: Bought[] = [];
  const wronged: string[] = [];
  let runs = 0;
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { name } = next;
      const deal = { open: true };
      const neighbours = Array.from({ length: NEIGHBOURS }, async () => {
        do {
          const problem = await playHonest(pool, ++runs);
          if (problem) wronged.push(`beside “${name}”: ${problem}`);
        } while (deal.open);
      });
      buyers.push({ name, ...(await buy(pool, next)) });
      deal.open = false;
      await Promise.all(neighbours);
    }
  };
  try {
    // A machine that lacks what the target needs sells nothing.
    const problem = await playHonest(pool, 0);
    if (problem) throw new Error(problem);
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return {
      buyers: BUYERS.flatMap(({ name }) => buyers.filter((one) => one.name === name)),
      honest: { runs, wronged },
    };
  } finally {
    await pools.close();
    close();
  }
}

async function buy(pool: SandboxPool, { run, deadlineMs }: Buyer): Promise<Omit<Bought, "name">> {
  const limit = { waitingFor: "the end of the run", ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }) };
  try {
    // As servers answer: when the time is over, whatever is still going on.
    const judgement = await withScope(ctx, limit, (inner) => orAborted(inner, judged(inner, pool, run)));
    return { got: stageOf(judgement, 0).status, isMask: false };
  } catch (error) {
    return { got: `MASK: ${messageOf(error)}`, isMask: true };
  }
}

function judged(within: CallContext, pool: SandboxPool, { limits, ...program }: AttackRun): Promise<CandidateRun> {
  const own = { ...LIMITS, ...limits };
  const candidate: Candidate = {
    limits: own,
    prepare: (_ctx, _sandbox, place) => ({ ...program, limits: place.limits }),
  };
  return new CandidateRunner({ pool, clock: systemClock }).run(within, candidate);
}

const HONEST = py`
import hashlib
seed = sys.stdin.read()
hoard = bytearray(16 << 20)
hoard[::4096] = b"x" * len(hoard[::4096])
for _ in range(4):
    open("/tmp/kept", "w").write(seed)
    seed = hashlib.sha256(open("/tmp/kept").read().encode()).hexdigest()
    os.waitpid(spawn(lambda: time.sleep(0.02)), 0)
print(seed, len(hoard))
`;

/** Null when an honest program got its right answer, else what it got. */
async function playHonest(pool: SandboxPool, number: number): Promise<string | null> {
  let right = String(number);
  for (let n = 0; n < 4; n++) right = createHash("sha256").update(right).digest("hex");
  try {
    const run = await judged(ctx, pool, withMore(HONEST, { stdin: Buffer.from(String(number)) }));
    const { status, message, stdout } = stageOf(run, 0);
    const out = Buffer.concat([stdout.head, stdout.tail]).toString();
    return status === "ok" && out === `${right} ${16 << 20}\n`
      ? null
      : `${status} ${message} ${out} ${run.evidence.join("; ")}`;
  } catch (error) {
    return `MASK: ${messageOf(error)}`;
  }
}

/** One line for each buyer, one column for each target. */
export function saleTable(sales: Readonly<Record<string, Sale>>): string {
  const names = Object.keys(sales);
  const all = Object.values(sales);
  const rows = BUYERS.map(({ name }) => {
    const got = all.map(({ buyers }) => buyers.find((one) => one.name === name)?.got ?? "");
    return `| ${[name, ...got].join(" | ")} |`;
  });
  const masks = all.map(({ buyers }) => buyers.filter(({ isMask }) => isMask).length);
  const wronged = all.map(({ honest }) => honest.wronged.length);
  return [
    `| candidate | ${names.join(" | ")} |`,
    `| --- ${"| --- ".repeat(names.length)}|`,
    ...rows,
    `| **masks bought** | ${masks.join(" | ")} |`,
    `| **honest neighbours wronged** | ${wronged.join(" | ")} |`,
  ].join("\n");
}
