import pLimit from "p-limit";
import type { CaseVerdict, Verdict } from "../contract/verdict.ts";
import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { type CandidateRun, CandidateRunner, type Place, SubmissionRecord } from "../execution/index.ts";
import type { RunLimits, SandboxPool } from "../sandbox/index.ts";
import type { CodeTest } from "./code-tests.ts";
import { excerpt, textOf } from "./excerpt.ts";
import { blamedFailure } from "./failure.ts";
import { caseRequest, judgeCase } from "./judge-case.ts";

/** A program and the tests it has to pass. */
export interface CodeSubmission {
  readonly code: string;
  readonly tests: readonly CodeTest[];
  /** Limits of each test's run. */
  readonly limits: RunLimits;
  /** Source executed before the program, in the same namespace. */
  readonly prelude: string;
}

export interface CodeVerifierOptions {
  readonly pool: SandboxPool;
  readonly clock: Clock;
  /** Tests of one submission that run at once, default 2. */
  readonly parallel?: number;
}

/** Judges programs by their tests: a fresh slot per test, all or nothing, ended by the first failure (NeMo Gym's rule). */
export class CodeVerifier {
  readonly #options: CodeVerifierOptions;
  readonly #runner: CandidateRunner;

  constructor(options: CodeVerifierOptions) {
    this.#options = options;
    this.#runner = new CandidateRunner(options);
  }

  /** Throws faults of the sandboxes; everything the candidate does is in the verdict. */
  async verify(ctx: CallContext, submission: CodeSubmission): Promise<Verdict> {
    const cases = await this.#judgeAll(ctx, submission);
    const failed = cases.find(({ verdict }) => verdict.status !== "passed");
    const total = submission.tests.length;
    const sandbox = cases[0]?.run.sandbox;
    return {
      reward: failed ? 0 : 1,
      status: failed ? "failed" : "passed",
      reason: failed?.verdict.status ?? null,
      message: failed
        ? `test ${failed.verdict.index + 1} of ${total}: ${failed.verdict.message}`
        : `all ${total} tests passed`,
      answer: submission.code,
      cases: cases.map(({ verdict }) => verdict),
      tests: total,
      flaky: false,
      sandbox: sandbox ? { provider: sandbox.provider, mode: sandbox.mode, image: sandbox.image } : null,
    };
  }

  /** The cases up to the first failure, in order. Later ones that have started are called off. */
  async #judgeAll(ctx: CallContext, submission: CodeSubmission): Promise<JudgedRun[]> {
    const limit = pLimit(this.#options.parallel ?? 2);
    const record = new SubmissionRecord();
    const active = new Map<number, AbortController>();
    let firstFailure = Infinity;
    const judge = async (test: CodeTest, index: number): Promise<JudgedRun | null> => {
      if (index > firstFailure) return null;
      const calledOff = new AbortController();
      active.set(index, calledOff);
      try {
        const signal = AbortSignal.any([ctx.signal, calledOff.signal]);
        const judged = await this.#judgeOne({ ...ctx, signal }, submission, { test, index, record });
        if (judged.verdict.status !== "passed" && index < firstFailure) {
          firstFailure = index;
          for (const [other, controller] of active) if (other > index) controller.abort(CALLED_OFF);
        }
        return judged;
      } catch (error) {
        if (calledOff.signal.aborted) return null;
        throw error;
      } finally {
        active.delete(index);
      }
    };
    const judged = await Promise.all(submission.tests.map((test, index) => limit(() => judge(test, index))));
    return judged.slice(0, firstFailure + 1).filter((entry) => entry !== null);
  }

  async #judgeOne(ctx: CallContext, submission: CodeSubmission, one: TestToRun): Promise<JudgedRun> {
    const { code, prelude, limits } = submission;
    const { test, index, record } = one;
    const candidate = {
      limits,
      prepare: (_: unknown, __: unknown, place: Place) => caseRequest(code, test, prelude, place.limits),
    };
    const run = await this.#runner.run(ctx, candidate, { record });
    return { verdict: caseVerdict(index, test, run), run };
  }
}

interface TestToRun {
  readonly test: CodeTest;
  readonly index: number;
  /** What the submission's other tests have shown of it. */
  readonly record: SubmissionRecord;
}

interface JudgedRun {
  readonly verdict: CaseVerdict;
  readonly run: CandidateRun;
}

const CALLED_OFF = new SandlotError("cancelled", { detail: "an earlier test failed" });

function caseVerdict(index: number, test: CodeTest, run: CandidateRun): CaseVerdict {
  const { result, evidence, waited } = run;
  const { output, failure } = run.result
    ? judgeCase(test, run.result)
    : { output: "", failure: blamedFailure(run.blamed) };
  const times = result?.times;
  return {
    index,
    status: failure?.status ?? "passed",
    message: failure?.message ?? "passed",
    times: times
      ? {
          queue_ms: round(waited.queueMs + waited.claimMs),
          setup_ms: times.setupMs,
          wall_ms: times.wallMs,
          cpu_ms: times.cpuMs,
        }
      : null,
    memory_peak_bytes: result?.memoryPeakBytes ?? null,
    input: excerpt(test.input),
    expected: excerpt(test.expected),
    output: excerpt(output),
    stderr: result ? excerpt(textOf(result.stderr).slice(-2000)) : null,
    evidence: [...evidence],
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
