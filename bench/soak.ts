/**
 * Very many runs through one server: do times, descriptors, memory, mounts, users, cgroups or containers drift? Most print a line;
 * the rest are what wears a lane out: files, sockets, children, exceptions, time-outs, memory. Prints a census at the first
 * thousand and at every tenth of the way, and exits with 1 when the last differs from the first.
 * Usage: npm run bench -- soak [--runs 100000] [--parallel 16] [--mode A]
 */
import { parseArgs } from "node:util";
import { runsClient } from "./support/api.ts";
import { type Census, census, installationOf } from "./support/machine.ts";
import { inParallel, quantile, timed } from "./support/measure.ts";
import { serve } from "./support/serve.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    parallel: { type: "string", default: "16" },
    mode: { type: "string", default: "A" },
  },
});
const runs = Number(values.runs);
const parallel = Number(values.parallel);
const FIRST = 1_000;
/** What may differ at random: a container's worth of lanes and templates, a garbage collection. */
const SLACK: Readonly<Record<keyof Census, number>> = {
  containers: 0,
  processes: 12,
  sandboxDescriptors: 200,
  sandboxMounts: 400,
  sandboxMiB: 64,
  users: 4,
  networkNamespaces: 6,
  hostMounts: 0,
  cgroups: 0,
  serverDescriptors: 80,
  serverMiB: 96,
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

const server = await serve({ "sandbox.mode": values.mode });
const client = runsClient(server.url);
let wrong = 0;

async function play(index: number): Promise<void> {
  const kind = index % ODD_ONE_IN === 0 ? (ODD[(index / ODD_ONE_IN) % ODD.length] ?? HELLO) : HELLO;
  const { status, answer } = await client.run({ language: "python", code: kind.code, limits: kind.limits });
  if (status === 200 && answer.status === kind.status) return;
  wrong++;
  if (wrong < 10) console.log(`not as expected: ${kind.code}: ${JSON.stringify(answer).slice(0, 300)}`);
}

/** Milliseconds of hello, one at a time. */
async function look(): Promise<{ p50: number; p99: number; now: Census }> {
  const times: number[] = [];
  for (let i = 0; i < 300; i++) times.push(await timed(() => client.run({ language: "python", code: HELLO.code })));
  const { answer } = await client.run({ language: "python", code: HELLO.code });
  const now = census(server.process.pid ?? 0, installationOf(answer.sandbox.id));
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), now };
}

let drifted: string[] = [];
try {
  console.log(`${runs} runs, ${parallel} at a time, mode ${values.mode}`);
  let first: Census | null = null;
  let done = 0;
  const goals = Array.from({ length: 10 }, (_, i) => ((i + 1) * runs) / 10).filter((goal) => goal > FIRST);
  for (const goal of [FIRST, ...goals]) {
    const count = goal - done;
    const from = done;
    const wallMs = await timed(() => inParallel(count, parallel, (index) => play(from + index)));
    done = goal;
    const { p50, p99, now } = await look();
    if (!first) console.log(["runs", "per s", "p50 ms", "p99 ms", ...Object.keys(now)].join(" | "));
    first ??= now;
    const columns = Object.keys(now) as (keyof Census)[];
    const rate = (count / wallMs) * 1000;
    console.log([done, rate.toFixed(0), p50.toFixed(2), p99.toFixed(2), ...columns.map((key) => now[key])].join(" | "));
    const start = first;
    drifted = columns.filter((key) => now[key] > start[key] + SLACK[key]);
  }
  console.log(`not as expected: ${wrong} of ${done}`);
  console.log(drifted.length > 0 ? `drifted: ${drifted.join(", ")}` : "no drift");
} finally {
  await client.close();
  await server.stop();
}
process.exitCode = wrong > 0 || drifted.length > 0 ? 1 : 0;
