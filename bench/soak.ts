/**
 * Very many runs through one server: do times, processor time, descriptors, memory, mounts, users, cgroups or containers drift?
 * Most print a line; the rest are what wears a lane out: files, sockets, children, exceptions, time-outs, memory. Looks closely
 * after the first thousand and after every tenth of the way, prints the first look beside the last, and exits with 1 when
 * they differ by more than chance can explain. Times are of runs one at a time, beside a cold python3's at the same moment, which
 * tells how fast the machine was; processor time is the whole machine's.
 * Usage: npm run bench -- soak [--runs 100000] [--parallel 16] [--mode A] [--busy-machine] [--quick]
 * `--busy-machine`: others make containers and use the processors meanwhile, so what that changes is shown but not judged.
 */
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { runsClient } from "./support/api.ts";
import { busiestIdle, idleRate, Series } from "./support/cpu.ts";
import { type Census, census, installationOf } from "./support/machine.ts";
import { inParallel, quantile, table, timed } from "./support/measure.ts";
import { serve } from "./support/serve.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    parallel: { type: "string", default: "16" },
    mode: { type: "string", default: "A" },
    "busy-machine": { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs ?? (values.quick ? 2_000 : 100_000));
const parallel = Number(values.parallel);
const FIRST = values.quick ? 500 : 1_000;
const ROUNDS = 10;
const SETTLE_MS = 15_000;
/** Times may be so many times as long, and as much longer as a cold python3's are. */
const TIMES = 1.25;
/** Slots of one sandbox; it has one lane more, which gets ready meanwhile. */
const SLOTS = availableParallelism();
/** Of the server to its database: it opens them when it needs them. */
const CONNECTIONS = 8;

/** How much more of it there may be at the end; of what has no entry, nothing, since chance has no part in it. */
const SLACK: Readonly<Partial<Record<keyof Census, (first: Census) => number>>> = {
  lanes: (first) => first.containers * (SLOTS + 1) - first.lanes,
  // One to each lane beyond the first.
  agentDescriptors: () => SLOTS,
  serverDescriptors: () => CONNECTIONS,
  // Pages of the template that a lane has made its own.
  laneMiB: () => 8,
  // The same pages, when fewer lanes share them.
  agentMiB: () => 16,
  // Garbage that the collector leaves until it is worth while.
  serverMiB: () => 96,
};

function slack(name: keyof Census, first: Census): number {
  return SLACK[name]?.(first) ?? 0;
}

const COUNTS: Readonly<Record<keyof Census, string>> = {
  containers: "containers",
  lanes: "lanes",
  laneProcesses: "processes of a lane",
  laneUsers: "users of a lane",
  laneDescriptors: "descriptors of a lane",
  laneMounts: "mounts of a lane",
  laneMiB: "memory of a lane, MiB",
  agentProcesses: "processes of an agent and its templates",
  agentDescriptors: "descriptors of an agent and its templates",
  agentMounts: "mounts of an agent and its templates",
  agentMiB: "memory of an agent and its templates, MiB",
  networkNamespaces: "network namespaces, lanes' own apart",
  serverDescriptors: "descriptors of the server",
  serverMiB: "memory of the server, MiB",
  hostMounts: "mounts (machine)",
  hostCgroups: "cgroup folders (machine)",
};

interface Kind {
  readonly code: string;
  readonly status: string;
  readonly limits?: object;
}
const HELLO: Kind = { code: 'print("hello")', status: "ok" };
const ODD: readonly Kind[] = [
  { code: 'open("a.txt", "w").write("x" * 100000); print(open("a.txt").read(3))', status: "ok" },
  {
    code: 'import socket\ns = socket.create_server(("127.0.0.1", 0))\nsocket.create_connection(s.getsockname())',
    status: "ok",
  },
  { code: 'import subprocess\nprint(subprocess.run(["echo", "x"], capture_output=True).stdout)', status: "ok" },
  { code: "import os, time\nif os.fork() == 0: time.sleep(60)", status: "ok" },
  { code: "raise ValueError(1)", status: "runtime_error" },
  { code: "while True: pass", status: "time_limit", limits: { cpu_seconds: 0.1 } },
  { code: "x = bytearray(900 << 20)", status: "memory_limit", limits: { memory_mib: 64 } },
];
/** One in this many is of the second kind. */
const ODD_ONE_IN = 20;

const python = promisify(execFile);
const server = await serve({ "sandbox.mode": values.mode });
let wrong = 0;

async function play(client: ReturnType<typeof runsClient>, index: number): Promise<void> {
  const kind = index % ODD_ONE_IN === 0 ? (ODD[(index / ODD_ONE_IN) % ODD.length] ?? HELLO) : HELLO;
  const { status, answer } = await client.run({ language: "python", code: kind.code, limits: kind.limits });
  if (status === 200 && answer.status === kind.status) return;
  wrong++;
  if (wrong < 10) console.log(`not as expected: ${kind.code}: ${JSON.stringify(answer).slice(0, 300)}`);
}

/** Of hello, one at a time, and of a cold python3 in turn with it. Milliseconds. */
interface Look {
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly coldP50: number;
  readonly coldCpu: number;
  readonly counts: Census;
}

/** `against` is the first; what has just happened to be under way gets time to end. */
async function look(against: Look | null): Promise<Look> {
  const client = runsClient(server.url);
  const [ours, cold] = [new Series(), new Series()];
  const hello = () => client.run({ language: "python", code: HELLO.code });
  for (let round = 0; round < ROUNDS; round++) {
    const idle = await idleRate();
    await ours.block(values.quick ? 10 : 50, hello, idle);
    await cold.block(3, () => python("/usr/bin/python3", ["-c", HELLO.code]), idle);
  }
  const installation = installationOf((await hello()).answer.sandbox.id);
  await client.close();
  const count = () => census(server.process.pid ?? 0, installation);
  await sleep(1_000);
  let counts = count();
  const deadline = performance.now() + SETTLE_MS;
  while (performance.now() < deadline && moreIn(counts, (against ?? { counts }).counts).length > 0) {
    await sleep(1_000);
    counts = count();
  }
  return {
    p50: quantile(ours.times, 0.5),
    p99: quantile(ours.times, 0.99),
    cpu: ours.cpuMs,
    coldP50: quantile(cold.times, 0.5),
    coldCpu: cold.cpuMs,
    counts,
  };
}

const ofMachine = (name: keyof Census) => name.startsWith("host");

function moreIn(now: Census, first: Census): (keyof Census)[] {
  const names = Object.keys(first) as (keyof Census)[];
  const judged = names.filter((name) => !(values["busy-machine"] && ofMachine(name)));
  return judged.filter((name) => now[name] > first[name] + slack(name, first));
}

let drifted = 0;

/** The table of the first look beside the last. */
function compare(first: Look, last: Look, done: number): void {
  const ok = (isOk: boolean, isJudged = true) => {
    if (isJudged && !isOk) drifted++;
    return isOk ? "yes" : isJudged ? "NO" : "not judged";
  };
  const time = (name: string, of: (look: Look) => number, cold?: (look: Look) => number) => {
    const ratio = of(last) / of(first);
    const allowed = cold ? TIMES * Math.max(1, cold(last) / cold(first)) : Number.NaN;
    const judged = cold ? [`x ${allowed.toFixed(2)}`, ok(ratio <= allowed, !values["busy-machine"])] : ["-", "-"];
    return [name, of(first).toFixed(2), of(last).toFixed(2), `x ${ratio.toFixed(2)}`, ...judged];
  };
  const coldP50 = (look: Look) => look.coldP50;
  const coldCpu = (look: Look) => look.coldCpu;
  console.log("");
  table([
    ["", `after ${FIRST}`, `after ${done}`, "drift", "allowed", "ok"],
    time("hello, p50 ms", (look) => look.p50, coldP50),
    time("hello, p99 ms", (look) => look.p99),
    time("hello, cpu ms (machine)", (look) => look.cpu, coldCpu),
    time("  beside: cold python3, p50 ms", coldP50),
    time("  beside: cold python3, cpu ms (machine)", coldCpu),
    ...(Object.keys(COUNTS) as (keyof Census)[]).map((name) => {
      const [before, now] = [first.counts[name], last.counts[name]];
      const more = slack(name, first.counts);
      const isJudged = !(values["busy-machine"] && ofMachine(name));
      return [COUNTS[name], before, now, signed(now - before), signed(more), ok(now <= before + more, isJudged)];
    }),
  ]);
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}

try {
  console.log(`${runs} runs, ${parallel} at a time, mode ${values.mode}, ${SLOTS} slots in a sandbox`);
  let first: Look | null = null;
  let last: Look | null = null;
  let done = 0;
  const goals = Array.from({ length: 10 }, (_, i) => Math.round(((i + 1) * runs) / 10)).filter((goal) => goal > FIRST);
  for (const goal of [FIRST, ...goals]) {
    const [from, count] = [done, goal - done];
    const client = runsClient(server.url);
    const wallMs = await timed(() => inParallel(count, parallel, (index) => play(client, from + index)));
    await client.close();
    done = goal;
    last = await look(first);
    first ??= last;
    const rate = ((count / wallMs) * 1000).toFixed(0);
    const times = `p50 ${last.p50.toFixed(2)} ms, p99 ${last.p99.toFixed(2)} ms, cpu ${last.cpu.toFixed(2)} ms`;
    const more = moreIn(last.counts, first.counts).map((name) => `; more: ${COUNTS[name]}`);
    console.log(`${String(done).padStart(7)} runs, ${rate} a second; one at a time ${times}${more.join("")}`);
  }
  if (first && last) compare(first, last, done);
  console.log(`\nnot as expected: ${wrong} of ${done} runs`);
  console.log(`the machine was at most ${(100 * busiestIdle()).toFixed(0)} % busy while nothing was measured`);
  console.log(drifted > 0 ? `drifted: ${drifted} rows` : "no drift");
} finally {
  await server.stop();
}
process.exitCode = wrong > 0 || drifted > 0 ? 1 : 0;
