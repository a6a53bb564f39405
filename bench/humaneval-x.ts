/**
 * HumanEval-X: the canonical solutions of its problems in C++, Java and JavaScript, compiled and run with their tests in
 * sandboxes, through the HTTP API. Prints passes and times per language, and what failed.
 * Usage: npm run bench -- humaneval-x [--data ../shared/data/humaneval-x] [--languages cpp,java,js] [--parallel 2]
 *   [--problems 164]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import { createClient } from "../src/client/index.ts";
import { cliServices } from "../src/compose/services.ts";
import { loadConfig } from "../src/config/index.ts";
import type { RunView } from "../src/contract/execution-answers.ts";
import { silentLogger } from "../src/core/logger.ts";

interface Problem {
  readonly task_id: string;
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly test: string;
}

interface Target {
  readonly language: string;
  readonly image: string;
  /** Stands before every program, as in the benchmark's own harness. */
  readonly prelude: string;
}

const HEADERS = ["stdlib.h", "algorithm", "math.h", "stdio.h", "vector", "string", "climits", "cstring", "iostream"];

/** By the data set's file. */
const TARGETS: Readonly<Record<string, Target>> = {
  cpp: { language: "cpp", image: "cpp", prelude: HEADERS.map((name) => `#include <${name}>\n`).join("") },
  java: { language: "java", image: "java", prelude: "" },
  js: { language: "javascript", image: "javascript", prelude: "" },
};

const { values } = parseArgs({
  options: {
    data: { type: "string", default: join(import.meta.dirname, "../../shared/data/humaneval-x") },
    languages: { type: "string", default: Object.keys(TARGETS).join(",") },
    parallel: { type: "string", default: "2" },
    problems: { type: "string", default: "164" },
  },
});
const wanted = values.languages.split(",").flatMap((name) => {
  const target = TARGETS[name];
  return target ? [{ file: join(values.data, `${name}.jsonl`), ...target }] : [];
});
if (wanted.length !== values.languages.split(",").length || !wanted.every(({ file }) => existsSync(file))) {
  console.error(`no data at ${values.data}, or an unknown language in ${values.languages}`);
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
const flag = (path: string, value: unknown) => ({ flag: `--${path}`, path: path.split("."), value });
const { config } = loadConfig({
  env: {},
  workingDirectory: directory,
  flags: [flag("data_dir", directory), flag("server.port", 0), flag("sandbox.provider", "docker")],
});
const names = wanted.map(({ image }) => image);
await cliServices.buildImages(config, { names, rebuild: false }, (text) => console.error(text));
const server = await cliServices.startSandboxServer({ config, logger: silentLogger });
const client = createClient({ url: server.url });
const failures: string[] = [];
console.log("language    passed      s   problems/s  compile p50/p90/max ms     run p50/p90/max ms  cpu-s each");
try {
  for (const { file, language, prelude } of wanted) {
    const codeOf = ({ prompt, canonical_solution: solution, test }: Problem) =>
      `${prelude}${prompt}${solution}\n${test}`;
    const problems = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .slice(0, Number(values.problems))
      .map((line) => JSON.parse(line) as Problem);
    // The first run makes the sandbox; that is not what is measured here.
    await client.run({ language, code: codeOf(problems[0] as Problem) });
    const inTurn = pLimit(Number(values.parallel));
    const startedAt = performance.now();
    const runs = await Promise.all(
      problems.map((problem) =>
        inTurn(async () => ({ problem, run: await client.run({ language, code: codeOf(problem) }) })),
      ),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const passed = runs.filter(({ run }) => passes(run));
    for (const { problem, run } of runs.filter(({ run }) => !passes(run))) failures.push(explain(problem, run));
    const compiles = runs.flatMap(({ run }) => (run.compile ? [run.compile.times.wall_ms] : []));
    const times = runs.flatMap(({ run }) => (run.status === "compile_error" ? [] : [run.times.wall_ms]));
    const cpu = runs.reduce((sum, { run }) => sum + run.times.cpu_ms + (run.compile?.times.cpu_ms ?? 0), 0);
    console.log(
      language.padEnd(10),
      `${passed.length}/${runs.length}`.padStart(7),
      seconds.toFixed(1).padStart(6),
      (runs.length / seconds).toFixed(1).padStart(12),
      spread(compiles).padStart(23),
      spread(times).padStart(22),
      (cpu / 1000 / runs.length).toFixed(3).padStart(11),
    );
  }
  for (const failure of failures) console.log(failure);
} finally {
  await server.close(0);
  rmSync(directory, { recursive: true, force: true });
}

/** JavaScript's `console.assert` tells of a failure and goes on. */
function passes({ status, stderr }: RunView): boolean {
  return status === "ok" && !stderr.text.includes("Assertion failed");
}

function explain({ task_id: id }: Problem, { status, stderr, message }: RunView): string {
  if (status === "ok") return `${id}: its own test says: Assertion failed`;
  const line = stderr.text.split("\n").find((text) => /error/i.test(text)) ?? message;
  return `${id}: ${status}: ${line.slice(0, 200)}`;
}

function spread(times: readonly number[]): string {
  if (times.length === 0) return "";
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(0);
  return `${at(0.5)}/${at(0.9)}/${at(1)}`;
}
