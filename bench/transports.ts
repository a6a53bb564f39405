/**
 * What each way to an agent costs: a round trip, 100 KB to the sandbox, 100 KB there and back through a program, and a
 * program that does nothing, over the engine's attach stream and over a Unix socket. Same image, mode and limits, in turn.
 * Usage: npm run bench -- transports [--rounds 300] [--mode A]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { IMAGES_ROOT } from "../src/compose/paths.ts";
import { systemClock } from "../src/core/clock.ts";
import { rootContext } from "../src/core/context.ts";
import { newId } from "../src/core/ids.ts";
import { DockerProvider, prepareImages } from "../src/sandbox/docker/index.ts";
import { type RunLimits, SANDBOX_MODES, type Sandbox, type SandboxSpec } from "../src/sandbox/index.ts";
import { heading, quantile, row, timed } from "./support/measure.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "300" }, mode: { type: "string", default: "A" } },
});
const rounds = Number(values.rounds);
const mode = SANDBOX_MODES.find((known) => known === values.mode) ?? "A";
const WARM_UP = 20;

const ctx = rootContext();
const socketPath = "/var/run/docker.sock";
const socketFolder = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
const owner = { installation: newId("installation"), owner: newId("server") };
const common = { socketPath, imagesRoot: IMAGES_ROOT, owner, maxAgeMs: 3_600_000, clock: systemClock };
const providers = {
  attach: new DockerProvider(common),
  unix: new DockerProvider({ ...common, sockets: { folder: socketFolder, always: true } }),
};

const sizes = { memoryBytes: 128 << 20, processes: 32 };
const limits: RunLimits = {
  ...sizes,
  wallMs: 10_000,
  cpuMs: 10_000,
  outputBytes: 4 << 20,
  diskBytes: 8 << 20,
  openFiles: 64,
};
const spec: SandboxSpec = {
  ...sizes,
  tenant: "default",
  resource: "bench",
  image: "python",
  cpus: 2,
  slots: 2,
  scratchBytes: 16 << 20,
  network: "none",
  runtime: "default",
  mode,
};
const payload = Buffer.alloc(100_000, "x");
const run = (sandbox: Sandbox, source: string, stdin = Buffer.alloc(0)) =>
  sandbox.run(ctx, { program: { interpreter: "python", source }, stdin, limits });

const tasks: Record<string, (sandbox: Sandbox) => Promise<unknown>> = {
  "round trip": (sandbox) => sandbox.check(ctx),
  "100 KB to the sandbox": async (sandbox) => sandbox.drop(await sandbox.hold(ctx, payload)),
  "100 KB there and back": (sandbox) => run(sandbox, "import sys; sys.stdout.write(sys.stdin.read())", payload),
  "a program that does nothing": (sandbox) => run(sandbox, ""),
};

await prepareImages(ctx, { socketPath, imagesRoot: IMAGES_ROOT, images: ["python"] });
const ways: { name: string; sandbox: Sandbox; close: () => Promise<void> }[] = [];
for (const [name, provider] of Object.entries(providers)) {
  const sandbox = await provider.create(ctx, spec);
  const close = async () => {
    await provider.remove(ctx, sandbox.id);
    provider.close();
  };
  ways.push({ name, sandbox, close });
}
row(`mode ${mode}, ${rounds} of each, one at a time`, "p50 ms", "p99 ms");
for (const [task, work] of Object.entries(tasks)) {
  heading(task);
  const times = ways.map(() => [] as number[]);
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [index, { sandbox }] of ways.entries()) {
      const took = await timed(() => work(sandbox));
      if (round >= 0) times[index]?.push(took);
    }
  }
  for (const [index, { name }] of ways.entries()) {
    const own = times[index] ?? [];
    row(`  ${name}`, quantile(own, 0.5), quantile(own, 0.99));
  }
}
for (const { close } of ways) await close();
rmSync(socketFolder, { recursive: true });
