import type { InputFile } from "../../sandbox/index.ts";
import { SHARED_TESTS } from "../harness/index.ts";
import type { AssertionTests, Program } from "../submission.ts";
import { judgeSharedProcess } from "./counter-check/judge-shared-process.ts";
import { type CounterPlan, planCounterCheck, type Source, type Variant } from "./counter-check/plan.ts";
import type { Judgement, Runs } from "./judgement.ts";

/** Runs tests that assert by themselves in the program's own process, and counter-checks what passes. */
export async function judgeShared(runs: Runs, program: Program<AssertionTests>): Promise<Judgement> {
  const { code, language, limits, image, tests } = program;
  const { style, entryPoint, names = [], expected = null, context } = tests;
  const own = style === "check" ? [entryPoint, "candidate", ...names] : [entryPoint, ...names];
  const plan = await planCounterCheck(runs, { style, sources: sourcesOf(tests), names: own, expected, image });
  const common = [
    ...SHARED_TESTS.files,
    { path: "solution.py", data: Buffer.from(code) },
    { path: "tests.json", data: Buffer.from(JSON.stringify(optionsOf(program, plan))) },
    ...(context === undefined ? [] : [{ path: "context.py", data: Buffer.from(context) }]),
  ];
  return judgeSharedProcess(runs, {
    plan,
    request: { language, limits, code: SHARED_TESTS.code, files: common },
    filesOf: ({ sources }: Variant) => sources.map(fileOf),
  });
}

function sourcesOf({ source, asserts = [], style }: AssertionTests): Source[] {
  const statements = style === "asserts" ? asserts : [];
  return [
    { path: "test_solution.py", text: source },
    ...statements.map((text, index) => ({ path: `assert_${index}.py`, text })),
  ];
}

function optionsOf({ prelude = "", tests }: Program<AssertionTests>, { imports }: CounterPlan) {
  const { style, entryPoint, names = [], asserts = [] } = tests;
  const count = style === "asserts" ? asserts.length : 0;
  return { style, entry_point: entryPoint, names: [entryPoint, ...names], asserts: count, imports, prelude };
}

function fileOf({ path, text }: Source): InputFile {
  return { path, data: Buffer.from(text) };
}
