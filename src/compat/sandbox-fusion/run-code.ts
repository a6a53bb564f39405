import { type CallContext, orAborted, withScope } from "../../core/context.ts";
import type { Execution } from "../../execution/service.ts";
import type { InputFile } from "../../sandbox/index.ts";
import { commandResult, notesOf, OUT_OF_TIME, type RunAnswer, runStatus } from "./answers.ts";
import { Fetching, inputFiles } from "./files.ts";
import type { DialectLanguage } from "./languages.ts";
import { answerMs, compileLimits, isSpent, KEEP_BYTES, queueMs, runLimits, type Timeouts } from "./limits.ts";
import type { RunCodeRequest } from "./requests.ts";
import { runInImage, type Runner } from "./run-in-image.ts";

/** One program, run once. */
export interface Job {
  readonly language: DialectLanguage;
  readonly code: string;
  readonly timeouts: Timeouts;
  /** 0 or less: the image's own limit. */
  readonly memoryMib: number;
  readonly stdin: string | null;
  readonly files: readonly InputFile[];
  readonly fetching: Fetching;
}

/** `POST /run_code`. Throws refusals and faults of ours; what the program does is an answer. */
export function runCode(
  ctx: CallContext,
  runner: Runner,
  language: DialectLanguage,
  request: RunCodeRequest,
): Promise<RunAnswer> {
  return runJob(ctx, runner, {
    language,
    code: request.code,
    timeouts: { compile: request.compile_timeout, run: request.run_timeout },
    memoryMib: request.memory_limit_MB,
    stdin: request.stdin,
    files: inputFiles(request.files),
    fetching: new Fetching(request.fetch_files),
  });
}

export async function runJob(ctx: CallContext, runner: Runner, job: Job): Promise<RunAnswer> {
  const { language, code, timeouts, memoryMib, stdin, files, fetching } = job;
  const { showsCompiler } = language;
  if (showsCompiler && isSpent(timeouts.compile)) return notStarted(job, { compile_result: OUT_OF_TIME });
  if (!showsCompiler && isSpent(timeouts.run)) return notStarted(job, { run_result: OUT_OF_TIME });
  const limit = { timeoutMs: answerMs(timeouts), waitingFor: "the end of the run" };
  const execution = await withScope(ctx, limit, (inner) =>
    orAborted(
      inner,
      runInImage(inner, runner, language, {
        code,
        files,
        cases: [{ stdin: Buffer.from(stdin ?? ""), outputs: fetching.outputs() }],
        limits: runLimits(timeouts.run, memoryMib),
        foreignLimits: true,
        compileLimits: compileLimits(showsCompiler ? timeouts.compile : timeouts.run),
        keepBytes: KEEP_BYTES,
        maxQueueMs: queueMs(timeouts, language.view.compiled),
      }),
    ),
  );
  return answerOf(execution, job);
}

function answerOf({ compile, cases }: Execution, job: Job): RunAnswer {
  const { showsCompiler } = job.language;
  const compileResult = compile && commandResult(compile);
  const shownCompile = showsCompiler ? compileResult : null;
  const notes = compile ? notesOf(compile) : [];
  const [stage] = cases;
  if (!stage) {
    return notStarted(job, { compile_result: shownCompile, run_result: showsCompiler ? null : compileResult }, notes);
  }
  // What a program did in no time at all does not count.
  const runResult = isSpent(job.timeouts.run) ? OUT_OF_TIME : commandResult(stage);
  const fetched = job.fetching.answer(stage.files);
  return {
    status: runStatus([shownCompile, runResult]),
    message: [...notes, ...notesOf(stage), ...fetched.notes].join("; "),
    compile_result: shownCompile,
    run_result: runResult,
    executor_pod_name: stage.sandbox.id,
    files: fetched.files,
  };
}

type Results = Partial<Pick<RunAnswer, "compile_result" | "run_result">>;

function notStarted({ files, fetching }: Job, results: Results, notes: readonly string[] = []): RunAnswer {
  return {
    status: "Failed",
    message: [...notes, ...fetching.refused()].join("; "),
    compile_result: null,
    run_result: null,
    executor_pod_name: null,
    files: fetching.brought(files),
    ...results,
  };
}
