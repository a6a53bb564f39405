import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { AttackEntry, AttackRun } from "../entry.ts";
import type { Arena } from "../gate/arena.ts";
import { LIMITS } from "../gate/defaults.ts";
import { difference, inspect } from "../gate/inspection.ts";
import { sharesSandboxes } from "../gate/target.ts";
import { py } from "../kit.ts";

export const disconnects: AttackEntry = {
  id: "F76",
  title: "Client disconnects mid-run",
  variants: [
    {
      name: "at twenty moments of a run that leaves children behind",
      word: "contained",
      says: "cancelled, the slot is free, nothing is left",
      act: async (arena) => {
        if (!sharesSandboxes(arena.target)) return inFreshOnes(arena, LOOP, [0, 1, 9, 100, 361]);
        const sandbox = await arena.open();
        const pristine = await inspect(arena, sandbox, "warm");
        for (let n = 0; n < 20; n++) {
          const problem = await cancelled(arena.run(sandbox, LOOP, aborted(arena.ctx, n * n)));
          if (problem) return `after ${n * n} ms: ${problem}`;
        }
        await sandbox.check(arena.ctx);
        return difference(pristine, await inspect(arena, sandbox, "warm"));
      },
    },
    {
      name: "while a large program is on its way",
      word: "contained",
      says: "cancelled, and the sandbox is well",
      act: async (arena) => {
        const source = `x = "${"x".repeat(20 << 20)}"\nwhile True: pass`;
        const large = { program: { interpreter: "python", source } };
        const delays = [0, 1, 3, 10];
        if (!sharesSandboxes(arena.target)) return inFreshOnes(arena, large, delays);
        const sandbox = await arena.open();
        for (const delay of delays) {
          const problem = await cancelled(arena.run(sandbox, large, aborted(arena.ctx, delay)));
          if (problem) return problem;
        }
        await sandbox.check(arena.ctx);
        return null;
      },
    },
  ],
  twins: [{ run: py`print("stayed")`, prints: "stayed\n" }],
};

const LOOP = py`
for _ in range(5): spawn(lambda: (os.setsid(), time.sleep(60)))
open("/tmp/mark", "w").write("x" * 1000)
while True:
    print("x", flush=True)
    time.sleep(0.001)
`;

function aborted<T extends { readonly signal: AbortSignal }>(ctx: T, afterMs: number): T {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new SandlotError("cancelled", { detail: "by the attack" })), afterMs);
  return { ...ctx, signal: controller.signal };
}

/** Where a sandbox is good for one run, each has one, so that only the run is cancelled and not the making of it. */
async function inFreshOnes(arena: Arena, run: AttackRun, delays: readonly number[]): Promise<string | null> {
  for (const delay of delays) {
    const sandbox = await arena.open();
    const limits = { ...LIMITS, ...run.limits };
    const problem = await cancelled(sandbox.run(aborted(arena.ctx, delay), { ...run, limits }));
    if (problem) return `after ${delay} ms: ${problem}`;
    await arena.close(sandbox);
  }
  return null;
}

async function cancelled(running: Promise<unknown>): Promise<string | null> {
  try {
    await running;
    return "it came to an end of its own";
  } catch (error) {
    return SandlotError.is(error, "cancelled") ? null : String(error);
  }
}
