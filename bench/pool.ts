/**
 * Pools on the real engine: how quickly a ready sandbox is claimed, a burst of claims, how many sandboxes are made a second,
 * what an idle one costs, and hundreds at once. Removes all of them afterwards and prints what is left.
 * Usage: npm run bench -- pool [--sandboxes 200] [--burst 512] [--claims 2000] [--mode auto|A|B|C]
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { systemClock } from "../src/core/clock.ts";
import { rootContext } from "../src/core/context.ts";
import { newId } from "../src/core/ids.ts";
import { silentLogger } from "../src/core/logger.ts";
import { IMAGES_ROOT } from "../src/compose/paths.ts";
import { DockerProvider, prepareImages } from "../src/sandbox/docker/index.ts";
import {
  DEFAULT_POOL_LIMITS,
  type RunLimits,
  SANDBOX_MODES,
  type SandboxLease,
  SandboxPools,
  type SandboxSpec,
} from "../src/sandbox/index.ts";

const { values } = parseArgs({
  options: {
    sandboxes: { type: "string", default: "200" },
    burst: { type: "string", default: "512" },
    claims: { type: "string", default: "2000" },
    mode: { type: "string", default: "auto" },
  },
});
const wanted = Number(values.sandboxes);
const burst = Number(values.burst);
const claims = Number(values.claims);
const SLOTS = 2;
const MODEST = 8;

const ctx = rootContext();
const socketPath = "/var/run/docker.sock";
const owner = { installation: newId("installation"), owner: newId("server") };
const spec: SandboxSpec = {
  tenant: "default",
  resource: "bench",
  image: "python",
  cpus: 2,
  slots: SLOTS,
  memoryBytes: 128 << 20,
  scratchBytes: 16 << 20,
  processes: 32,
  network: "none",
  runtime: "default",
  mode: SANDBOX_MODES.find((mode) => mode === values.mode) ?? "auto",
};
const limits: RunLimits = {
  wallMs: 30_000,
  cpuMs: 10_000,
  memoryBytes: spec.memoryBytes,
  outputBytes: 1 << 20,
  processes: spec.processes,
  diskBytes: 8 << 20,
  openFiles: 64,
};

await prepareImages(ctx, { socketPath, imagesRoot: IMAGES_ROOT, images: ["python"] });
const provider = new DockerProvider({
  socketPath,
  imagesRoot: IMAGES_ROOT,
  owner,
  maxAgeMs: 3_600_000,
  clock: systemClock,
});
const pools = new SandboxPools({
  provider,
  limits: { ...DEFAULT_POOL_LIMITS, min: MODEST, max: MODEST, idleBuffer: 0, maxRuns: 1_000_000, waitMs: 600_000 },
  server: { maxSandboxes: wanted + MODEST, creationsPerSecond: 1_000 },
  clock: systemClock,
  logger: silentLogger,
});
const pool = pools.pool(spec);
const lease = () => pool.lease(ctx, { exclusive: false });
const stats = () => pools.admin.list()[0]?.stats;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const memoryUsed = () => Math.round(process.memoryUsage.rss() / 2 ** 20);

function print(name: string, text: string): void {
  console.log(`${name.padEnd(46)} ${text}`);
}

function percentiles(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(3);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms (${times.length})`;
}

async function until(ready: () => boolean): Promise<number> {
  const startedAt = performance.now();
  while (!ready()) await sleep(20);
  return performance.now() - startedAt;
}

async function timedClaim(): Promise<number> {
  const startedAt = performance.now();
  const held = await lease();
  const took = performance.now() - startedAt;
  held.release();
  return took;
}

/** Claims at once, each with `work`; milliseconds for all, and how long each waited. */
async function burstOf(count: number, work: (held: SandboxLease) => Promise<unknown>) {
  const startedAt = performance.now();
  const waits = await Promise.all(
    Array.from({ length: count }, async () => {
      const held = await lease();
      await work(held);
      held.release();
      return held.waitedMs;
    }),
  );
  return { took: performance.now() - startedAt, waits };
}

const program = { interpreter: "python", source: "print('hello')" } as const;
const hello = (held: SandboxLease) => held.sandbox.run(ctx, { program, limits });

/** Proportional memory in KiB and number of processes of a container: agent, templates, lanes; and its shim beside. */
function footprint(container: string) {
  const pid = execFileSync("docker", ["inspect", "--format", "{{.State.Pid}}", container]).toString().trim();
  const parents = new Map<string, string>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = / [A-Za-z] (\d+) /.exec(readText(`/proc/${name}/stat`))?.[1];
    if (parent) parents.set(name, parent);
  }
  const within = (name: string): boolean => name === pid || (parents.has(name) && within(parents.get(name) ?? ""));
  const inside = Array.from(parents.keys()).filter(within);
  const shim = parents.get(pid) ?? "";
  const pss = (name: string) => Number(/^Pss:\s+(\d+)/m.exec(readText(`/proc/${name}/smaps_rollup`))?.[1] ?? 0);
  return { processes: inside.length, inside: inside.reduce((sum, name) => sum + pss(name), 0), shim: pss(shim) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function available(): number {
  return Number(/MemAvailable:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0) / 1024;
}

const MIB = (kib: number) => (kib / 1024).toFixed(1);

try {
  print(
    "load of the machine before",
    loadavg()
      .map((value) => value.toFixed(1))
      .join(" "),
  );
  const startedAt = performance.now();
  (await lease()).release();
  print("first claim: creation and self-test", `${(performance.now() - startedAt).toFixed(0)} ms`);
  await until(() => (stats()?.idle ?? 0) >= MODEST);
  (await lease()).release();

  const hot: number[] = [];
  for (let i = 0; i < claims; i++) hot.push(await timedClaim());
  print("claim of a ready sandbox, one after the other", percentiles(hot));
  const rested: number[] = [];
  for (let i = 0; i < 60; i++) {
    await sleep(300);
    rested.push(await timedClaim());
  }
  print("claim of a rested sandbox, asked how it is", percentiles(rested));

  const empty = await burstOf(burst, async () => undefined);
  print(
    `burst of ${burst} claims, ${MODEST} × ${SLOTS} slots, no work`,
    `${empty.took.toFixed(1)} ms; ${percentiles(empty.waits)}`,
  );
  const working = await burstOf(burst, hello);
  const perSecond = burst / (working.took / 1000);
  print(
    `the same with a run each`,
    `${working.took.toFixed(0)} ms, ${perSecond.toFixed(0)} runs/s; ${percentiles(working.waits)}`,
  );

  const before = available();
  const present = pools.admin.sandboxes().length;
  const id = pools.admin.list()[0]?.id ?? "";
  pools.admin.scale(id, { min: wanted, max: wanted });
  const took = await until(() => (stats()?.idle ?? 0) >= wanted);
  const made = wanted - present;
  print(
    `${wanted} sandboxes at once`,
    `${made} made in ${(took / 1000).toFixed(1)} s, ${(made / (took / 1000)).toFixed(1)}/s`,
  );
  await sleep(2_000);
  const some = pools.admin
    .sandboxes()
    .slice(-5)
    .map(({ id: name }) => footprint(name));
  const average = (of: (it: (typeof some)[number]) => number) =>
    some.reduce((sum, it) => sum + of(it), 0) / some.length;
  const { mode } = pools.admin.sandboxes()[0] ?? {};
  print(
    `an idle sandbox (mode ${mode ?? "?"})`,
    `${average((it) => it.processes).toFixed(1)} processes, ${MIB(average((it) => it.inside))} MiB PSS inside, shim ${MIB(average((it) => it.shim))} MiB`,
  );
  print("memory that the machine has less", `${((before - available()) / made).toFixed(1)} MiB per sandbox`);
  print("memory of this process", `${memoryUsed()} MiB`);

  const many: number[] = [];
  for (let i = 0; i < claims; i++) many.push(await timedClaim());
  print(`claim of a ready sandbox among ${wanted}`, percentiles(many));
  const wide = await burstOf(burst, async () => sleep(5));
  print(
    `burst of ${burst} claims among ${wanted} rested ones`,
    `${wide.took.toFixed(1)} ms; ${percentiles(wide.waits)}`,
  );
  print("pool", JSON.stringify(stats()));
} finally {
  const startedAt = performance.now();
  const count = pools.admin.sandboxes().length;
  await pools.close();
  provider.close();
  print(`removal of ${count}`, `${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  const left = execFileSync("docker", ["ps", "-aq", "--filter", `label=sandlot.installation=${owner.installation}`]);
  print("containers left", String(left.toString().split("\n").filter(Boolean).length));
}
