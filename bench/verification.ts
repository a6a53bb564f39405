/**
 * What verification costs through the HTTP API (`POST /api/v1/verify`), beside OpenAI's human-eval harness with two workers, interleaved in
 * one go. The server is a process of its own with its defaults. `cpu ms` is the busy time of the whole machine for each answer, less that of an idle
 * one: server, engine, kernel and client are in it. Two shared cores are noisy: compare within one printout.
 * Usage: npm run bench -- verification [--rounds 5] [--only human_eval|code_gen|cases|math]
 */
import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import { accounted, busiestIdle, idleRate } from "./support/cpu.ts";
import { HUMAN_EVAL, humanEvalHarness, type Problem } from "./support/human-eval.ts";
import { heading, missedTargets, quantile, row, verdict } from "./support/measure.ts";
import { serve } from "./support/serve.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, only: { type: "string" } } });
const rounds = Number(values.rounds);
const DATA = join(import.meta.dirname, "..", "..", "shared", "data");

interface Item {
  readonly row: object;
  readonly answer: string;
}
interface Tally {
  readonly requested: number;
  readonly scored: number;
  readonly mean_reward: number | null;
}

const dispatcher = new Agent({ connections: 8 });
const server = await serve({});

/** Verifies a batch whose answers are all right. */
async function verifyAll(environment: string, items: readonly Item[]): Promise<void> {
  const { statusCode, body } = await request(`${server.url}/api/v1/verify`, {
    method: "POST",
    dispatcher,
    headersTimeout: 600_000,
    bodyTimeout: 600_000,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ environment, items }),
  });
  const answer = (await body.json()) as Tally;
  if (statusCode !== 200 || answer.scored !== items.length || answer.mean_reward !== 1)
    throw new Error(`${statusCode} ${JSON.stringify({ ...answer, items: [] }).slice(0, 500)}`);
}

const lines = <T>(path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

const COLUMNS = ["best s", "median s", "cpu ms", "beside", "target", ""] as const;

/** Rounds of one way: wall times of a whole batch, and processor time for each answer of it. */
class Rounds {
  readonly seconds: number[] = [];
  readonly cpuMs: number[] = [];

  async add(count: number, work: () => Promise<unknown>, idle: number): Promise<void> {
    const { wallMs, cpuMs } = await accounted(work, idle);
    this.seconds.push(wallMs / 1000);
    this.cpuMs.push(cpuMs / count);
  }

  get best(): number {
    return Math.min(...this.seconds);
  }

  cells(): readonly number[] {
    return [this.best, quantile(this.seconds, 0.5), quantile(this.cpuMs, 0.5)];
  }
}

/** Without such data the part is left out, and says so. */
function hasData(path: string): boolean {
  if (!existsSync(path)) console.log(`(${path} is missing: left out)`);
  return existsSync(path);
}

async function humanEval(): Promise<void> {
  if (!hasData(HUMAN_EVAL)) return;
  heading("164 canonical solutions of HumanEval", ...COLUMNS);
  const problems = lines<Problem>(HUMAN_EVAL);
  const items = problems.map((problem) => ({
    row: problem,
    answer: `\`\`\`python\n${problem.prompt}${problem.canonical_solution}\n\`\`\``,
  }));
  const harness = await humanEvalHarness(problems);
  const ours = new Rounds();
  const theirs = new Rounds();
  await verifyAll("human_eval", items);
  try {
    for (let i = 0; i < rounds; i++) {
      const idle = await idleRate();
      await ours.add(items.length, () => verifyAll("human_eval", items), idle);
      await theirs.add(items.length, () => harness.run(), idle);
    }
  } finally {
    await harness.close();
  }
  const cheaper = quantile(theirs.cpuMs, 0.5) / quantile(ours.cpuMs, 0.5);
  row("sandlot, tests over a bridge, isolated", ...ours.cells(), "", "<= 1.2 s", verdict(ours.best <= 1.2));
  row(
    "human-eval, 2 workers, no isolation",
    ...theirs.cells(),
    `${cheaper.toFixed(1)} x cpu`,
    ">= 3.5 x cpu",
    verdict(cheaper >= 3.5),
  );
}

/** NeMo Gym's code_gen, measured with its own server on such a machine: a process pool of its own for each answer. */
const GYM_CPU_MS = 110;
const SUM = "```python\nprint(sum(map(int, input().split())))\n```";

const sums = (count: number) => ({
  responses_create_params: { input: "Add the numbers." },
  verifier_metadata: {
    unit_tests: {
      inputs: Array.from({ length: count }, (_, i) => `${i} ${i + 1}\n`),
      outputs: Array.from({ length: count }, (_, i) => `${2 * i + 1}\n`),
    },
  },
});

async function codeGen(count: number, answers: number, target: number | null): Promise<void> {
  heading(`code_gen, ${count} tests by standard output, ${answers} answers`, ...COLUMNS);
  const items = Array.from({ length: answers }, () => ({ row: sums(count), answer: SUM }));
  await verifyAll("code_gen", items);
  const ours = new Rounds();
  for (let i = 0; i < rounds; i++) await ours.add(answers, () => verifyAll("code_gen", items), await idleRate());
  const cheaper = GYM_CPU_MS / quantile(ours.cpuMs, 0.5);
  const wanted =
    target === null ? [] : [`${cheaper.toFixed(1)} x Gym's cpu`, `>= ${target} x`, verdict(cheaper >= target)];
  row("sandlot", ...ours.cells(), ...wanted);
}

async function math(): Promise<void> {
  const path = join(DATA, "gsm8k", "test.jsonl");
  if (!hasData(path)) return;
  // As many as one request may have.
  const rows = lines<{ question: string; answer: string }>(path).slice(0, 1024);
  const items = rows.map(({ question, answer }) => {
    const [steps = "", expected = ""] = answer.split("\n#### ");
    const row = { responses_create_params: { input: question }, question, expected_answer: expected };
    return { row, answer: `${steps}\n\nThe answer is \\boxed{${expected}}.` };
  });
  heading(`${items.length} answers of GSM8K, math_with_judge`, ...COLUMNS);
  await verifyAll("math_with_judge", items.slice(0, 100));
  const ours = new Rounds();
  for (let i = 0; i < rounds; i++)
    await ours.add(items.length, () => verifyAll("math_with_judge", items), await idleRate());
  row("sandlot", ...ours.cells(), `${(items.length / ours.best).toFixed(0)} answers/s`);
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  human_eval: humanEval,
  code_gen: () => codeGen(3, 200, 10),
  cases: () => codeGen(50, 20, null),
  math,
};

try {
  console.log(`load ${loadavg()[0]?.toFixed(1)} before`);
  for (const [name, part] of Object.entries(PARTS)) if (!values.only || values.only === name) await part();
  console.log(`\nthe machine was at most ${(100 * busiestIdle()).toFixed(0)} % busy while nothing was measured`);
  console.log(`targets missed: ${missedTargets()}`);
} finally {
  await server.stop();
  await dispatcher.close();
}
