/**
 * What a run costs through the HTTP API, beside other ways to run the same program, interleaved in one go. The server is a
 * process of its own with its defaults: the same images, profile and walls that the attack gate tests. Runs go back to back,
 * so that making lanes and spares is paid for. Two shared cores are noisy: compare within one printout.
 * Usage: npm run bench -- sandbox [--mode A|B|C] [--provider docker|local] [--quick]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { alternatives } from "./support/alternatives.ts";
import { accounted, heading, inParallel, quantile, row, timed } from "./support/measure.ts";
import { serve } from "./support/serve.ts";

const { values } = parseArgs({
  options: {
    mode: { type: "string", default: "A" },
    provider: { type: "string", default: "docker" },
    quick: { type: "boolean", default: false },
  },
});
const scale = (full: number) => (values.quick ? Math.max(3, Math.round(full / 10)) : full);

const HELLO = 'print("hello")';
const MODULES =
  "string re datetime collections heapq bisect copy math random statistics itertools functools operator".split(" ");
const IMPORTS = `${MODULES.map((name) => `import ${name}`).join("\n")}\nprint("hello")`;
const NUMPY = "import numpy as np\na = np.arange(10000.0).reshape(100, 100)\nprint(int((a @ a).trace()))";
const SUM = "print(sum(map(int, input().split())))";
const CPP = `#include <bits/stdc++.h>
int main() { long long a, s = 0; while (std::cin >> a) s += a; std::cout << s << std::endl; }`;
const CASES = Array.from({ length: 50 }, (_, i) => ({ stdin: `${i} ${i + 1} ${i + 2}\n` }));

interface Answer {
  readonly status: string;
  readonly times: Readonly<Record<string, number | null>>;
  readonly stdout: { readonly bytes: number; readonly dropped_bytes: number };
  readonly id?: string;
  readonly compile?: { readonly times: Readonly<Record<string, number>> } | null;
  readonly cases?: readonly { readonly status: string }[];
}

const dispatcher = new Agent({ connections: 1024, pipelining: 1 });
const server = await serve({ "sandbox.mode": values.mode, "sandbox.provider": values.provider });

async function call(method: "GET" | "POST" | "DELETE", path: string, body?: unknown) {
  const answer = await request(server.url + path, {
    method,
    dispatcher,
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await answer.body.text();
  const retryAfter = Number(answer.headers["retry-after"] ?? 0);
  return { status: answer.statusCode, retryAfter, answer: (text ? JSON.parse(text) : null) as Answer };
}

/** A run that must come out as `ok`. */
async function run(code: string, more: object = {}): Promise<Answer> {
  const { status, answer } = await call("POST", "/api/v1/runs", { language: "python", code, ...more });
  if (status !== 200 || answer.status !== "ok") throw new Error(`${status} ${JSON.stringify(answer).slice(0, 500)}`);
  return answer;
}

const series = async (count: number, work: () => Promise<unknown>) => {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await timed(work));
  return times;
};
const show = (name: string, times: readonly number[], remark = "") =>
  row(name, quantile(times, 0.5), quantile(times, 0.99), remark);

try {
  console.log(`mode ${values.mode}, provider ${values.provider}, load ${loadavg()[0]?.toFixed(1)}`);
  for (let i = 0; i < 20; i++) await run(HELLO);
  await oneAtATime();
  await manyAtOnce();
  await programs();
  await sessions();
  await output();
  await overload();
} finally {
  await server.stop();
  await dispatcher.close();
}

/** Rounds of each way in turn, so that a slow minute of the machine hits all of them. */
async function oneAtATime(): Promise<void> {
  heading(`one Python hello at a time, ms${" ".repeat(22)}p50          p99`);
  const image = execFileSync("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}", "sandlot/python"])
    .toString()
    .split("\n")[0];
  const others = await alternatives(image ?? "debian:trixie-slim");
  const ours: number[] = [];
  const setup: number[] = [];
  const claim: number[] = [];
  const theirs = others.list.map(() => [] as number[]);
  for (let round = 0; round < scale(20); round++) {
    for (let i = 0; i < 50; i++) {
      let answer: Answer | null = null;
      ours.push(await timed(async () => (answer = await run(HELLO))));
      const { times } = answer as unknown as Answer;
      setup.push((times["setup_ms"] ?? 0) + (times["teardown_ms"] ?? 0));
      claim.push(times["claim_ms"] ?? 0);
    }
    for (const [i, other] of others.list.entries()) theirs[i]?.push(...(await series(2, () => other.run(HELLO))));
  }
  show("sandlot, HTTP API", ours);
  show("  of this: set-up and tear-down", setup);
  show("  of this: claim of a ready sandbox", claim);
  for (const [i, other] of others.list.entries()) {
    const times = theirs[i] ?? [];
    show(other.name, times, `${(quantile(times, 0.5) / quantile(ours, 0.5)).toFixed(0)} x sandlot`);
  }
  await others.close();
}

async function manyAtOnce(): Promise<void> {
  heading("Python hello in parallel, both cores, client included: runs/s, CPU ms each");
  for (const parallel of [8, 64]) {
    const total = scale(parallel * 60);
    await inParallel(parallel * 2, parallel, () => run(HELLO));
    const { wallMs, cpuMs } = await accounted(() => inParallel(total, parallel, () => run(HELLO)));
    row(`sandlot, ${parallel} at once`, (total / wallMs) * 1000, cpuMs / total);
  }
}

async function programs(): Promise<void> {
  heading(`programs, ms${" ".repeat(41)}p50          p99`);
  const hello: number[] = [];
  const imports: number[] = [];
  for (let i = 0; i < scale(200); i++) {
    hello.push(await timed(() => run(HELLO)));
    imports.push(await timed(() => run(IMPORTS)));
  }
  const more = quantile(imports, 0.5) / quantile(hello, 0.5) - 1;
  show("hello", hello);
  show("hello with 13 usual modules", imports, `hello ${more >= 0 ? "+" : ""}${(100 * more).toFixed(0)} %`);
  await ifImage("python-numerical", async () => {
    const numerical = { image: "python-numerical" };
    await series(5, () => run(NUMPY, numerical));
    show("numpy program, numerical image", await series(scale(100), () => run(NUMPY, numerical)));
  });
  const batch = { language: "python", code: SUM, cases: CASES };
  await call("POST", "/api/v1/batches", batch);
  show("50 stdin cases, Python", await series(scale(30), () => passingBatch(batch)));
  await ifImage("cpp", async () => {
    const cpp = { language: "cpp", code: CPP, cases: CASES };
    await passingBatch(cpp);
    const totals: number[] = [];
    const beyond: number[] = [];
    for (let i = 0; i < scale(10); i++) {
      let compileMs = 0;
      const total = await timed(async () => (compileMs = await passingBatch(cpp)));
      totals.push(total);
      beyond.push(total - compileMs);
    }
    show("C++: compile and 50 cases", totals);
    show("  beyond the compiler's own time", beyond);
  });
}

/** Milliseconds of the compiler; throws when a case is not ok. */
async function passingBatch(body: object): Promise<number> {
  const { status, answer } = await call("POST", "/api/v1/batches", body);
  if (status !== 200 || answer.cases?.some((one) => one.status !== "ok"))
    throw new Error(JSON.stringify(answer).slice(0, 500));
  return answer.compile?.times["wall_ms"] ?? 0;
}

async function ifImage(name: string, work: () => Promise<void>): Promise<void> {
  const built =
    execFileSync("docker", ["images", "-q", `sandlot/${name}`])
      .toString()
      .trim() !== "";
  if (built && values.provider === "docker") await work();
  else console.log(`(image ${name} is not built: left out)`);
}

async function sessions(): Promise<void> {
  heading(`sessions, ms${" ".repeat(41)}p50          p99`);
  const open = async (isolation: string, language: string) => {
    const { status, answer } = await call("POST", "/api/v1/sessions", { language, isolation });
    if (status !== 201 && status !== 200) throw new Error(JSON.stringify(answer).slice(0, 500));
    return String(answer.id);
  };
  const close = (id: string) => call("DELETE", `/api/v1/sessions/${id}`);
  const opened: string[] = [await open("slot", "python")];
  const opening: number[] = [];
  for (let i = 0; i < scale(40); i++) {
    opening.push(await timed(async () => opened.push(await open("slot", "python"))));
    await close(opened.pop() ?? "");
  }
  const [living = ""] = opened;
  const calls = await series(scale(500), () => call("POST", `/api/v1/sessions/${living}/calls`, { code: "1 + 1" }));
  show("a call in a living Python session", calls);
  show("a new Python session (slot)", opening);
  await close(living);
  for (const [isolation, language, count] of [
    ["slot", "python", scale(100)],
    ["container", "bash", scale(20)],
  ] as const) {
    const wallMs = await timed(() => inParallel(count, 4, async () => close(await open(isolation, language))));
    row(`sessions opened and closed a second: ${isolation}`, (count / wallMs) * 1000);
  }
}

async function output(): Promise<void> {
  heading(`output, ms${" ".repeat(43)}p50          p99`);
  const hello = await series(scale(50), () => run(HELLO));
  const megabyte = await series(scale(50), async () => {
    const { stdout } = await run('import sys; sys.stdout.write("x" * (1 << 20))', { keep_output_bytes: 2 << 20 });
    if (stdout.bytes !== 1 << 20 || stdout.dropped_bytes !== 0) throw new Error("not complete");
  });
  show("hello", hello);
  show("1 MiB of output, complete", megabyte, `+ ${(quantile(megabyte, 0.5) - quantile(hello, 0.5)).toFixed(1)} ms`);
  const before = rssMiB();
  const gibibyte = 'import os\nb = b"x" * (1 << 20)\nfor _ in range(1024): os.write(1, b)';
  const limits = { output_bytes: 2 ** 30 * 2, wall_seconds: 60, cpu_seconds: 60 };
  const took = await timed(async () => {
    const { stdout } = await run(gibibyte, { limits });
    if (stdout.bytes !== 2 ** 30) throw new Error(`${stdout.bytes} bytes`);
  });
  row("1 GiB of output, head and tail kept", took, "", `server ${before} -> ${rssMiB()} MiB`);
}

function rssMiB(): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

/** Goodput of clients that want ten times what there is and wait as long as they are told, beside the peak. */
async function overload(): Promise<void> {
  heading("overload: finished runs/s");
  const seconds = values.quick ? 3 : 10;
  const flood = async (clients: number, body: object) => {
    const until = performance.now() + seconds * 1000;
    const counts = new Map<string, number>();
    const client = async () => {
      while (performance.now() < until) {
        const { status, answer, retryAfter } = await call("POST", "/api/v1/runs", {
          language: "python",
          code: HELLO,
          ...body,
        });
        const key = status === 200 ? answer.status : `${status}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        if (retryAfter > 0) await sleep(retryAfter * 1000);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return counts;
  };
  const peak = (await flood(64, {})).get("ok") ?? 0;
  const counts = await flood(640, { max_queue_seconds: 0.5 });
  const good = counts.get("ok") ?? 0;
  row("64 clients", peak / seconds);
  row("640 clients that wait half a second", good / seconds, "", `${((100 * good) / peak).toFixed(0)} % of peak`);
  row(
    "  refused",
    [...counts]
      .filter(([key]) => key !== "ok")
      .map(([key, n]) => `${key}: ${n}`)
      .join(", ") || "none",
  );
}
