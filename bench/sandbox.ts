/**
 * What a run costs through the HTTP API, beside other ways to run the same program, interleaved in one go. The server is a
 * process of its own with its defaults: the same images, profile and walls that the attack gate tests. Runs go back to back,
 * so that making lanes and spares is paid for. `cpu ms` is the busy time of the whole machine for each call,
 * less that of an idle one just before: server, engine, kernel and client are in it, for every row alike. Two shared cores are
 * noisy: compare within one printout.
 * Usage: npm run bench -- sandbox [--mode A|B|C] [--provider docker|local] [--quick]
 * [--only one|many|programs|sessions|output|overload]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import { alternatives } from "./support/alternatives.ts";
import { accounted, busiestIdle, idleRate, Series } from "./support/cpu.ts";
import { heading, inParallel, missedTargets, quantile, row, timed, verdict } from "./support/measure.ts";
import { overload } from "./support/overload.ts";
import { serve } from "./support/serve.ts";

const { values } = parseArgs({
  options: {
    // The strongest that the provider has.
    mode: { type: "string", default: "auto" },
    provider: { type: "string", default: "docker" },
    only: { type: "string" },
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
  readonly sandbox?: { readonly provider: string; readonly mode: string };
  readonly error?: { readonly code?: string };
  readonly compile?: { readonly times: Readonly<Record<string, number>> } | null;
  readonly cases?: readonly { readonly status: string }[];
}

const dispatcher = new Agent({ connections: 2048, pipelining: 1 });
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

/** One of many at once, however it ends. */
async function hello(more: object) {
  const { status, retryAfter, answer } = await call("POST", "/api/v1/runs", {
    language: "python",
    code: HELLO,
    ...more,
  });
  return { result: status === 200 ? answer.status : `${status} ${answer.error?.code ?? "without a code"}`, retryAfter };
}

const COLUMNS = ["p50", "p99", "cpu ms", "beside", "target", ""] as const;
/** Milliseconds that are not to be exceeded. */
interface Target {
  readonly p50: number;
  readonly p99?: number;
}

function show(name: string, series: Series | readonly number[], beside = "", target?: Target): void {
  const times = series instanceof Series ? series.times : series;
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  const figures = [name, p50, p99, series instanceof Series ? series.cpuMs : "", beside];
  if (!target) return row(...figures);
  const wanted = `<= ${target.p50}${target.p99 === undefined ? " ms" : ` / <= ${target.p99} ms`}`;
  row(...figures, wanted, verdict(p50 <= target.p50 && p99 <= (target.p99 ?? Infinity)));
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  one: oneAtATime,
  many: manyAtOnce,
  programs,
  sessions,
  output,
  overload: () => overload(values.quick ? { rounds: 1, seconds: 2 } : { rounds: 3, seconds: 10 }, hello),
};

try {
  const { sandbox } = await run(HELLO);
  console.log(`mode ${sandbox?.mode}, provider ${sandbox?.provider}, load ${loadavg()[0]?.toFixed(1)} before`);
  for (let i = 0; i < 20; i++) await run(HELLO);
  for (const [name, part] of Object.entries(PARTS)) if (!values.only || values.only === name) await part();
  console.log("");
  if (busiestIdle() > 0) {
    const busiest = `${(100 * busiestIdle()).toFixed(0)} %`;
    console.log(
      `the machine was at most ${busiest} busy while nothing was measured; far above 10 %, cpu ms means little`,
    );
  }
  console.log(`targets missed: ${missedTargets()}`);
} finally {
  await server.stop();
  await dispatcher.close();
}

/** Rounds of each way in turn, so that a slow minute of the machine hits all of them. */
async function oneAtATime(): Promise<void> {
  heading("one Python hello at a time, ms", ...COLUMNS);
  const image = execFileSync("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}", "sandlot/python"])
    .toString()
    .split("\n")[0];
  const others = await alternatives(image ?? "debian:trixie-slim");
  const ours = new Series();
  const setup: number[] = [];
  const claim: number[] = [];
  const theirs = others.list.map((other) => ({ other, series: new Series() }));
  const hello = async () => {
    const { times } = await run(HELLO);
    setup.push((times["setup_ms"] ?? 0) + (times["teardown_ms"] ?? 0));
    claim.push(times["claim_ms"] ?? 0);
  };
  for (let round = 0; round < scale(20); round++) {
    const idle = await idleRate();
    await ours.block(50, hello, idle);
    for (const { other, series } of theirs) await series.block(2, () => other.run(HELLO), idle);
  }
  await others.close();
  show("sandlot, HTTP API", ours, "", { p50: 3, p99: 15 });
  show("  of this: set-up and tear-down", setup);
  show("  of this: claim of a ready sandbox", claim, "", { p50: 1, p99: 10 });
  for (const { other, series } of theirs) {
    const { name } = other;
    const slower = quantile(series.times, 0.5) / quantile(ours.times, 0.5);
    const dearer = series.cpuMs / ours.cpuMs;
    const wanted = name.startsWith("docker exec") ? [">= 20 x the time", verdict(slower >= 20)] : [];
    const [p50, p99] = [quantile(series.times, 0.5), quantile(series.times, 0.99)];
    row(name, p50, p99, series.cpuMs, `${slower.toFixed(1)} x time, ${dearer.toFixed(1)} x cpu`, ...wanted);
  }
}

async function manyAtOnce(): Promise<void> {
  heading("Python hello in parallel, client included", "runs/s", "", "cpu ms", "beside", "target", "");
  for (const parallel of [8, 64]) {
    const total = scale(parallel * 60);
    await inParallel(parallel * 2, parallel, () => run(HELLO));
    const { wallMs, cpuMs } = await accounted(() => inParallel(total, parallel, () => run(HELLO)));
    const rate = (total / wallMs) * 1000;
    const wanted = parallel === 64 ? ["", ">= 400 runs/s", verdict(rate >= 400)] : [];
    row(`sandlot, ${parallel} at once`, rate, "", cpuMs / total, ...wanted);
  }
}

async function programs(): Promise<void> {
  heading("programs, ms", ...COLUMNS);
  const hello = new Series();
  const imports = new Series();
  for (let round = 0; round < scale(20); round++) {
    const idle = await idleRate();
    await hello.block(10, () => run(HELLO), idle);
    await imports.block(10, () => run(IMPORTS), idle);
  }
  const more = 100 * (quantile(imports.times, 0.5) / quantile(hello.times, 0.5) - 1);
  show("hello", hello);
  const [p50, p99] = [quantile(imports.times, 0.5), quantile(imports.times, 0.99)];
  const beside = `hello ${more >= 0 ? "+" : "-"} ${Math.abs(more).toFixed(0)} %`;
  row("hello with 13 usual modules", p50, p99, imports.cpuMs, beside, "<= hello + 20 %", verdict(more <= 20));
  await ifImage("python-numerical", async () => {
    const numpy = () => run(NUMPY, { image: "python-numerical" });
    for (let i = 0; i < 5; i++) await numpy();
    show("numpy program, numerical image", await new Series().block(scale(100), numpy), "", { p50: 10 });
  });
  const batch = { language: "python", code: SUM, cases: CASES };
  await call("POST", "/api/v1/batches", batch);
  show("50 stdin cases, Python", await new Series().block(scale(30), () => passingBatch(batch)), "", { p50: 120 });
  await ifImage("cpp", async () => {
    const cpp = { language: "cpp", code: CPP, cases: CASES };
    await passingBatch(cpp);
    const compiling: number[] = [];
    const all = await new Series().block(scale(10), async () => compiling.push(await passingBatch(cpp)));
    show("C++: compile and 50 cases", all);
    const beyond = all.times.map((time, i) => time - (compiling[i] ?? 0));
    show("  beyond the compiler's own time", beyond, "", { p50: 150 });
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
  heading("sessions, ms", ...COLUMNS);
  const open = async (isolation: string, language: string) => {
    const { status, answer } = await call("POST", "/api/v1/sessions", { language, isolation });
    if (status !== 201 && status !== 200) throw new Error(JSON.stringify(answer).slice(0, 500));
    return String(answer.id);
  };
  const close = (id: string) => call("DELETE", `/api/v1/sessions/${id}`);
  const living = await open("slot", "python");
  const opening: number[] = [];
  const opened = await new Series().block(scale(40), async () => {
    let id = "";
    opening.push(await timed(async () => (id = await open("slot", "python"))));
    await close(id);
  });
  const oneCall = () => call("POST", `/api/v1/sessions/${living}/calls`, { code: "1 + 1" });
  const calls = await new Series().block(scale(500), oneCall);
  show("a call in a living Python session", calls, "", { p50: 2 });
  show("a new Python session (slot)", opening, "", { p50: 10 });
  show("  opened and closed", opened);
  await close(living);
  heading("sessions opened and closed, 4 at a time", "a second", "", "cpu ms");
  for (const [isolation, language, count] of [
    ["slot", "python", scale(100)],
    ["container", "bash", scale(20)],
  ] as const) {
    const openAndClose = async () => close(await open(isolation, language));
    const { wallMs, cpuMs } = await accounted(() => inParallel(count, 4, openAndClose));
    row(isolation, (count / wallMs) * 1000, "", cpuMs / count);
  }
}

async function output(): Promise<void> {
  heading("output, ms", ...COLUMNS);
  const hello = await new Series().block(scale(50), () => run(HELLO));
  const megabyte = await new Series().block(scale(50), async () => {
    const { stdout } = await run('import sys; sys.stdout.write("x" * (1 << 20))', { keep_output_bytes: 2 << 20 });
    if (stdout.bytes !== 1 << 20 || stdout.dropped_bytes !== 0) throw new Error("not complete");
  });
  const extra = quantile(megabyte.times, 0.5) - quantile(hello.times, 0.5);
  show("hello", hello);
  const [p50, p99] = [quantile(megabyte.times, 0.5), quantile(megabyte.times, 0.99)];
  const beside = `hello + ${extra.toFixed(1)} ms`;
  row("1 MiB of output, complete", p50, p99, megabyte.cpuMs, beside, "< hello + 20 ms", verdict(extra < 20));
  const before = rssMiB();
  const gibibyte = 'import os\nb = b"x" * (1 << 20)\nfor _ in range(1024): os.write(1, b)';
  const limits = { output_bytes: 2 ** 30 * 2, wall_seconds: 60, cpu_seconds: 60 };
  const { wallMs, cpuMs } = await accounted(async () => {
    const { stdout } = await run(gibibyte, { limits });
    if (stdout.bytes !== 2 ** 30) throw new Error(`${stdout.bytes} bytes`);
  });
  const after = rssMiB();
  const bounded = verdict(after - before < 128);
  row("1 GiB, head and tail kept", wallMs, "", cpuMs, `server ${before} -> ${after} MiB`, "< 128 MiB more", bounded);
}

function rssMiB(): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
