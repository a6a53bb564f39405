import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Clock, systemClock } from "../../../src/core/clock.ts";
import { newId } from "../../../src/core/ids.ts";
import { DockerProvider } from "../../../src/sandbox/docker/index.ts";
import type { Sandbox, SandboxProvider } from "../../../src/sandbox/index.ts";
import { LocalProvider } from "../../../src/sandbox/local/index.ts";
import type { AttackEntry } from "../entry.ts";
import { textOf } from "../expect.ts";
import { LIMITS } from "../gate/defaults.ts";
import { sharesSandboxes, type Target } from "../gate/target.ts";
import { py } from "../kit.ts";

const run = promisify(execFile);
const DAY_MS = 86_400_000;
const FULL_DISK = join(import.meta.dirname, "full-disk-process.ts");

/** A provider of the target's kind that goes by `clock`. */
function providerBy(clock: Clock, { provider }: Target): { provider: SandboxProvider; close: () => void } {
  const owner = { installation: newId("installation"), owner: newId("server") };
  const imagesRoot = join(import.meta.dirname, "../../../sandboxes");
  const common = { imagesRoot, owner, maxAgeMs: 3_600_000, clock };
  if (provider === "local") {
    const local = new LocalProvider({ ...common, bubblewraps: ["bwrap"], pythons: ["/usr/bin/python3"] });
    return { provider: local, close: () => undefined };
  }
  const docker = new DockerProvider({ ...common, socketPath: "/var/run/docker.sock" });
  return { provider: docker, close: () => docker.close() };
}

export const shocks: AttackEntry = {
  id: "I112",
  title: "Controller's disk full; clock jump",
  variants: [
    {
      name: "the store's disk fills up, and has room again",
      word: "contained",
      says: "coded refusals, nothing lost, recovery",
      act: async () => {
        const folder = "/tmp/full-disk";
        const { stdout } = await run("bwrap", [
          "--dev-bind",
          "/",
          "/",
          "--size",
          String(2 << 20),
          "--tmpfs",
          folder,
          process.execPath,
          "--import",
          "tsx",
          FULL_DISK,
          folder,
        ]);
        return stdout.trim() === "well" ? null : stdout.trim();
      },
    },
    {
      name: "the controller's clock jumps by days while programs run",
      word: "contained",
      says: "runs and sandboxes are measured by a clock that does not jump",
      act: async ({ ctx, spec, target }) => {
        let jump = 0;
        const clock: Clock = { ...systemClock, now: () => Date.now() + jump };
        const { provider, close } = providerBy(clock, target);
        const opened: Sandbox[] = [];
        const open = async () => {
          const sandbox = await provider.create(ctx, spec);
          opened.push(sandbox);
          return sandbox;
        };
        try {
          const sandbox = await open();
          const running = sandbox.run(ctx, {
            ...py`
time.sleep(0.6)
print("unmoved")
`,
            limits: { ...LIMITS, wallMs: 3000 },
          });
          for (const days of [2, -3, 365, 0]) {
            await new Promise((resolve) => setTimeout(resolve, 100));
            jump = days * DAY_MS;
            await sandbox.check(ctx);
          }
          const { stdout, times } = await running;
          const next = sharesSandboxes(target) ? sandbox : await open();
          const after = await next.run(ctx, { ...py`print("after")`, limits: LIMITS });
          if (times.wallMs > 3000) return `${times.wallMs} ms on the clock`;
          return textOf(stdout) + textOf(after.stdout) === "unmoved\nafter\n" ? null : "a run came to nothing";
        } finally {
          for (const { id } of opened) await provider.remove(ctx, id);
          close();
        }
      },
    },
  ],
  twins: [{ run: py`print("calm")`, prints: "calm\n" }],
};
