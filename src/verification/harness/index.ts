import { readdirSync, readFileSync } from "node:fs";
import type { InputFile } from "../../sandbox/index.ts";

const read = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url), "utf8");

/** A package of Python, as files of a workspace. */
function readPackage(name: string): readonly InputFile[] {
  const files = readdirSync(new URL(`./${name}/`, import.meta.url)).filter((file) => file.endsWith(".py"));
  return files.map((file) => ({ path: `${name}/${file}`, data: Buffer.from(read(`${name}/${file}`)) }));
}

const start = (name: string) => `from ${name}.main import main\n\nmain()\n`;

/** A program of ours with the files that it consists of. */
export interface Harness {
  readonly code: string;
  readonly files: readonly InputFile[];
}

/** The names that NeMo Gym's code_gen gives every program, in its order, and its recursion limit. */
export const GYM_PRELUDE = read("prelude.py");

/** Calls one function of the candidate's program; see the file. */
export const CALL_HARNESS = read("call.py");

/** Plans counter-checks: names the tests of a source, and falsifies them. Runs where no candidate is. */
export const COUNTER_CHECK: Harness = { code: start("counter_check"), files: readPackage("counter_check") };

/** Runs tests in the candidate's process. */
export const SHARED_TESTS: Harness = { code: start("shared_tests"), files: readPackage("shared_tests") };

/** Runs pytest over the candidate's project. */
export const PROJECT_TESTS: Harness = {
  code: start("project_tests"),
  files: [...readPackage("project_tests"), ...readPackage("shared_tests")],
};

/** A module of `CALL_HARNESS`, for values that JSON has no form for; see the file. */
export const TAGGED_VALUES = read("tagged.py");
