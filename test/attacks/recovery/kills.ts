import { faultCause } from "../../../src/sandbox/index.ts";
import type { ActedAttack, AttackEntry, AttackRun } from "../entry.ts";
import { textOf } from "../expect.ts";
import { LIMITS } from "../gate/defaults.ts";
import { childrenOf } from "../gate/host.ts";
import { settled } from "../gate/house.ts";
import { limited, py } from "../kit.ts";

const LONG = limited(
  py`
print("started", flush=True)
time.sleep(8)
`,
  { wallMs: 9000 },
);

function killed(name: string, victims: (agent: number) => readonly number[]): ActedAttack {
  return {
    name,
    word: "contained",
    says: "the run is a fault of the sandbox, and the next sandbox is well",
    act: async (arena) => {
      const sandbox = await arena.open();
      const agent = await arena.processOf(sandbox);
      if (agent === null) return "the agent cannot be found";
      const running = sandbox.run(arena.ctx, { ...LONG, limits: { ...LIMITS, ...LONG.limits } });
      const fault = running.then(
        () => null,
        (error: unknown) => error,
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      const found = victims(agent);
      if (found.length === 0) return "nobody to kill";
      for (const pid of found) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          continue; // it went with one before it
        }
      }
      const cause = faultCause(await fault);
      if (cause === null) return "the run ended as if nothing had happened";
      const next = await arena.run(await arena.open(), py`print("well")`);
      return textOf(next.stdout) === "well\n" ? null : "the next sandbox is not well";
    },
  };
}

export const kills: AttackEntry = {
  id: "I110",
  title: "kill -9 of the agent or zygote mid-run",
  variants: [
    killed("the agent", (agent) => [agent]),
    killed("everything below it", (agent) => childrenOf(agent).map(({ pid }) => pid)),
  ],
  twins: [{ run: py`print("alive")`, prints: "alive\n" }],
};

/** Short of the long soak that `bench` runs: what leaks at every run shows here, too. */
function sameAfter(runs: number, ends: readonly AttackRun[]): ActedAttack {
  return {
    name: `${runs} runs, then no more than before`,
    word: "contained",
    says: "the agent holds no more than it held",
    act: async (arena) => {
      const sandbox = await arena.open();
      const agent = arena.agentOf(sandbox);
      if (agent === null) return "the agent cannot be found";
      const play = (count: number) =>
        Promise.all(
          [0, 1, 2, 3].map(async (worker) => {
            for (let n = worker; n < count; n += 4) {
              const end = ends[n % ends.length];
              if (end) await arena.run(sandbox, end);
            }
          }),
        );
      await play(60);
      const before = await settled(agent);
      await play(runs);
      const after = await settled(agent);
      // How many lanes wait differs; that there are never more than slots does not.
      const { slots } = arena.spec;
      const bounded = after.descriptors <= slots + 16 && after.descendants <= 3 * slots + 8;
      const same = after.mounts === before.mounts && after.peakBytes - before.peakBytes < 1 << 20;
      return bounded && same ? null : JSON.stringify({ before, after });
    },
  };
}

export const smallRuns: AttackEntry = {
  id: "A24",
  title: "Thousands of small runs a second",
  variants: [sameAfter(400, [py`print(1)`])],
  twins: [{ run: py`print(1)`, prints: "1\n" }],
};

export const leaks: AttackEntry = {
  id: "I114",
  title: "Slow leaks: descriptors, processes, mounts, memory",
  variants: [
    sameAfter(200, [
      py`print(1)`,
      py`1/0`,
      py`os.kill(os.getpid(), 9)`,
      limited(py`time.sleep(9)`, { wallMs: 20 }),
      limited(py`while True: print("x" * 1000)`, { outputBytes: 10_000 }),
      py`[spawn(lambda: time.sleep(60)) for _ in range(5)]`,
      py`for n in range(200): open(f"/tmp/{n}", "w").write("x")`,
    ]),
  ],
  twins: [{ run: py`print("alive")`, prints: "alive\n" }],
};
