import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const LAUNCHER = join(import.meta.dirname, "launcher.py");

/** A program of a candidate, the tests, and what else `run_tests` is told. */
export interface Case {
  readonly candidate: string;
  readonly tests?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface TestReport {
  readonly id: string;
  readonly status: "passed" | "failed" | "error" | "skipped";
  readonly message: string;
  readonly got: string | null;
  readonly expected: string | null;
  readonly line: string | null;
}

export interface Report {
  readonly load: {
    readonly ok: boolean;
    readonly error?: { readonly type: string; readonly message: string; readonly traceback: string };
  };
  readonly setup: { readonly type: string; readonly message: string } | null;
  readonly tests: readonly TestReport[];
  readonly calls: number;
  readonly evidence: readonly string[];
  readonly broken: string | null;
}

/** Runs cases one after another with one interpreter as their origin; a report for each. */
export async function judgeAll(cases: readonly Case[], python = "python3"): Promise<Report[]> {
  const root = mkdtempSync(join(tmpdir(), "sandlot-bridge-"));
  try {
    const folders = cases.map((one, number) => lay(join(root, String(number)), one));
    await promisify(execFile)(python, ["-B", LAUNCHER, ...folders], {
      cwd: root,
      timeout: 100_000,
      maxBuffer: 1 << 26,
    });
    return folders.map((folder) => {
      const report = join(folder, "report.json");
      if (!existsSync(report)) throw new Error(`No report in ${folder}`);
      return JSON.parse(readFileSync(report, "utf8")) as Report;
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function lay(folder: string, { candidate, tests = "", options }: Case): string {
  mkdirSync(folder);
  writeFileSync(join(folder, "candidate.py"), candidate);
  writeFileSync(join(folder, "tests.py"), tests);
  writeFileSync(join(folder, "options.json"), JSON.stringify(options));
  return folder;
}

export async function judge(one: Case): Promise<Report> {
  const [report] = await judgeAll([one]);
  if (!report) throw new Error("no report");
  return report;
}

/** Runs statements as tests of their own; those that did not pass, and why. */
export async function failures(candidate: string, asserts: readonly string[], tests = ""): Promise<string[]> {
  const names = [...candidate.matchAll(/^(?:def|class) (\w+)|^(\w+) = /gm)].map((found) => found[1] ?? found[2]);
  const report = await judge({ candidate, tests, options: { kind: "asserts", asserts, names } });
  const problem = report.load.error ?? report.setup;
  if (problem) return [`${problem.type}: ${problem.message}`];
  return report.tests
    .filter(({ status }) => status !== "passed")
    .map(({ id, status, message, got }) => `${asserts[Number(id)]}: ${status} ${message} ${got ?? ""}`);
}
