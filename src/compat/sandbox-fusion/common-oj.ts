import { type CallContext, orAborted, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { BOUNDS } from "../../contract/limits.ts";
import { BatchJudge } from "./batch-judge.ts";
import type { EvalResult, EvalTest, StdioCase } from "./eval-result.ts";
import type { DialectLanguage } from "./languages.ts";
import { answerMs, compileLimits, queueMs, runLimits, type Timeouts } from "./limits.ts";
import { runInImage, type Runner } from "./run-in-image.ts";

const KIB = 1024;
/** Output kept of a case beside four times the longest expected one: blanks and digits that make no difference. */
const KEPT_BESIDE = 64 * KIB;
const MAX_KEPT = 32 * KIB * KIB;
/** Output of all cases of one batch that may be held. More cases make more batches, and compile once more each. */
const HELD_BYTES = 512 * KIB * KIB;
/** Characters of programs' output and of cases in one answer; what goes beyond is shown in part. */
const ANSWER_CHARS = 64 * KIB * KIB;

/** A submission to a problem that is judged by standard output. */
export interface StdioSubmission {
  readonly id: number | string;
  readonly language: DialectLanguage;
  readonly code: string;
  readonly cases: readonly StdioCase[];
  readonly timeouts: Timeouts;
  /** Whether to go on after the first case, in order, that is not passed. */
  readonly runAllCases: boolean;
  readonly returnFullCase: boolean;
}

/** Compiles once and runs all cases as one batch. The cases of the answer end with the first one that is not passed. */
export async function judgeStdio(ctx: CallContext, runner: Runner, submission: StdioSubmission): Promise<EvalResult> {
  const tests: EvalTest[] = [];
  const room = { chars: ANSWER_CHARS };
  for (const batch of batches(submission)) {
    tests.push(...(await judgeBatch(ctx, runner, submission, batch, room)));
    if (!submission.runAllCases && tests.some(({ passed }) => !passed)) break;
  }
  return {
    id: submission.id,
    accepted: tests.length === submission.cases.length && tests.every(({ passed }) => passed),
    extracted_code: submission.code,
    full_code: null,
    test_code: null,
    tests,
    extracted_type: null,
    extra: null,
  };
}

interface Batch {
  readonly cases: readonly StdioCase[];
  readonly keepBytes: number;
}

function batches({ cases }: StdioSubmission): Batch[] {
  const longest = cases.reduce((most, { output }) => Math.max(most, Buffer.byteLength(output["stdout"] ?? "")), 0);
  const keepBytes = Math.min(KEPT_BESIDE + 4 * longest, MAX_KEPT);
  const size = Math.min(BOUNDS.casesPerBatch, Math.floor(HELD_BYTES / (2 * keepBytes)));
  const count = Math.ceil(cases.length / size);
  return Array.from({ length: count }, (_, i) => ({ cases: cases.slice(i * size, (i + 1) * size), keepBytes }));
}

/** The reason of ending a batch early; nobody sees it. */
const DECIDED = new SandlotError("cancelled", { detail: "an earlier case failed" });

async function judgeBatch(
  ctx: CallContext,
  runner: Runner,
  submission: StdioSubmission,
  { cases, keepBytes }: Batch,
  room: { chars: number },
): Promise<EvalTest[]> {
  const { language, code, timeouts, runAllCases } = submission;
  const judge = new BatchJudge(submission, cases, room);
  const decided = new AbortController();
  const limit = { timeoutMs: answerMs(timeouts, cases.length), waitingFor: "the end of the cases" };
  await withScope(ctx, limit, async (scope) => {
    const inner = { ...scope, signal: AbortSignal.any([scope.signal, decided.signal]) };
    const running = runInImage(
      inner,
      runner,
      language,
      {
        code,
        cases: cases.map(({ input }) => ({ stdin: Buffer.from(input["stdin"] ?? "") })),
        limits: runLimits(timeouts.run),
        foreignLimits: true,
        compileLimits: compileLimits(timeouts.compile),
        keepBytes,
        stopAtFirstFailure: !runAllCases,
        maxQueueMs: queueMs(timeouts, language.view.compiled),
      },
      {
        onCompiled: (stage) => judge.compiled(stage),
        onCase: (index, stage) => {
          judge.ran(index, stage);
          if (!runAllCases && judge.isDecided()) decided.abort(DECIDED);
        },
      },
    );
    try {
      const { compile, cases: stages } = await orAborted(inner, running);
      if (compile) judge.compiled(compile);
      for (const [index, stage] of stages.entries()) if (stage) judge.ran(index, stage);
    } catch (error) {
      if (error !== DECIDED) throw error;
    }
  });
  return judge.tests();
}
