import type { BridgedTests, ImageLanguage, InputFile, ResolvedLanguage, RunLimits } from "../../sandbox/index.ts";
import type { ExecutionRequest, TestsRequest } from "../service.ts";
import type { CompilePlan } from "./compile-plan.ts";
import { COMPILE_LIMITS, manifestLimits } from "./limits.ts";
import { environment, filledIn } from "./placeholders.ts";
import { refusal } from "./refusal.ts";

/** The tests of each case, which call its program. */
export interface TestsPlan {
  readonly limits: RunLimits;
  /** Null where there is nothing to compile. */
  readonly compile: CompilePlan | null;
  /** `artefacts`: what their compiler left. */
  readonly tests: (artefacts: readonly InputFile[]) => BridgedTests;
}

const REPORT_BYTES = 1 << 20;
/** What tests may take beside the program: they make inputs and compare, and must not be the measure. */
const TESTS = { cpuMs: 30_000, memoryBytes: 256 << 20, processes: 8, openFiles: 64 };

/**
 * The language as a program of it is run: with tests of its own language it is made into one that serves their calls.
 * Throws `invalid_request` where the language has no tests of the kind.
 */
export function joinedLanguage(resolved: ResolvedLanguage, { tests }: ExecutionRequest): ResolvedLanguage {
  if (!tests) return resolved;
  const { name, language } = resolved;
  if (!("program" in tests)) {
    if (language.sessions === "slot") return resolved;
    throw refusal("tests", `${name} has no warm Python that tests could call`);
  }
  if (!language.bridge) throw refusal("tests", `${name} has no bridge for tests that are a program`);
  const { compile, run } = language.bridge.program;
  return { ...resolved, language: { ...language, compile, run, interpreter: undefined, launcher: undefined } };
}

/** `run`: the limits of the program. `language`: as `joinedLanguage` answers it. */
export function testsPlan(language: ImageLanguage, asked: TestsRequest, run: RunLimits): TestsPlan {
  const base = { ...run, ...TESTS, cpuMs: Math.max(TESTS.cpuMs, run.cpuMs) };
  const reportBytes = asked.reportBytes ?? REPORT_BYTES;
  if (!("program" in asked)) {
    const { source, options } = asked;
    return { limits: base, compile: null, tests: () => ({ source, options, reportBytes, limits: base }) };
  }
  if (!language.bridge) throw refusal("tests", "there is no bridge for them");
  const { tests } = language.bridge;
  const limits = manifestLimits(base, tests.limits);
  const source = { path: tests.source, data: Buffer.from(asked.program) };
  const compileLimits = manifestLimits(COMPILE_LIMITS, tests.compile?.limits ?? {});
  const argv = filledIn(tests.run, limits);
  const env = environment(language, undefined, limits);
  return {
    limits,
    compile: tests.compile
      ? {
          argv: filledIn(tests.compile.argv, compileLimits),
          env: environment(language, undefined, compileLimits),
          limits: compileLimits,
          files: [source],
          artefacts: tests.compile.artefacts,
          artefactBytes: ARTEFACT_BYTES,
        }
      : null,
    tests: (artefacts) => ({ argv, env, reportBytes, limits, files: tests.compile ? artefacts : [source] }),
  };
}

const ARTEFACT_BYTES = 16 << 20;

/** What a program and its tests may take together. */
export function sumOf(run: RunLimits, tests: RunLimits): RunLimits {
  return {
    ...run,
    memoryBytes: run.memoryBytes + tests.memoryBytes,
    processes: run.processes + tests.processes,
  };
}
