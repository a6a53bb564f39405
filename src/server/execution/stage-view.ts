import type { BatchEnd, BatchView, RunView, StageView } from "../../contract/execution-answers.ts";
import type { Execution, Stage } from "../../execution/service.ts";
import { fileView, outputView } from "./bytes-view.ts";

/** One compilation or one case. */
export function stageView(stage: Stage): StageView {
  const { times } = stage;
  return {
    status: stage.status,
    ...endingView(stage),
    times: {
      queue_ms: rounded(times.queueMs),
      claim_ms: rounded(times.claimMs),
      setup_ms: rounded(times.setupMs),
      wall_ms: rounded(times.wallMs),
      cpu_ms: rounded(times.cpuMs),
      teardown_ms: rounded(times.teardownMs),
    },
  };
}

function endingView(stage: Stage) {
  const { exit, sandbox } = stage;
  return {
    message: stage.message,
    exit_code: exit && "code" in exit ? exit.code : null,
    signal: exit && "signal" in exit ? exit.signal : null,
    stdout: outputView(stage.stdout),
    stderr: outputView(stage.stderr),
    files: stage.files.map(fileView),
    memory_peak_bytes: stage.memoryPeakBytes,
    sandbox: { id: sandbox.id, provider: sandbox.provider, image: sandbox.image, mode: sandbox.mode },
    evidence: [...stage.evidence],
  };
}

/** The answer to a run. */
export function runView(execution: Execution, requestId: string | undefined): RunView {
  const { compile } = execution;
  const [ran] = execution.cases;
  const head = answerHead(execution, requestId);
  if (!ran) {
    if (!compile) throw new TypeError("an execution without its case did not compile");
    const view = stageView(compile);
    const { queue_ms, claim_ms } = view.times;
    return {
      ...head,
      ...view,
      status: "compile_error",
      message: `the program did not compile: ${view.message}`,
      exit_code: null,
      signal: null,
      stdout: NOTHING,
      stderr: NOTHING,
      files: [],
      times: { queue_ms, claim_ms, setup_ms: 0, compile_ms: compileMs(compile), wall_ms: 0, cpu_ms: 0, teardown_ms: 0 },
    };
  }
  const view = stageView(ran);
  const { times } = view;
  return {
    ...head,
    ...view,
    evidence: [...(compile?.evidence ?? []), ...ran.evidence],
    times: {
      ...times,
      queue_ms: rounded(ran.times.queueMs + (compile?.times.queueMs ?? 0)),
      claim_ms: rounded(ran.times.claimMs + (compile?.times.claimMs ?? 0)),
      compile_ms: compile && compileMs(compile),
    },
  };
}

const NOTHING = { text: "", bytes: 0, dropped_bytes: 0 };

/** The compiler's time from its queue to its end. */
function compileMs({ times }: Stage): number {
  return rounded(times.setupMs + times.wallMs + times.teardownMs);
}

/** The answer to a batch. */
export function batchView(execution: Execution, requestId: string | undefined): BatchView {
  return {
    ...answerHead(execution, requestId),
    cases: execution.cases.map((stage) => stage && stageView(stage)),
  };
}

/** The last event of a batch's stream. */
export function batchEnd(execution: Execution, requestId: string | undefined): BatchEnd {
  const ran = execution.cases.filter((stage) => stage !== null);
  return {
    ...answerHead(execution, requestId),
    cases_run: ran.length,
    cases_ok: ran.filter(({ status }) => status === "ok").length,
  };
}

function answerHead({ language, image, compile, cases }: Execution, requestId: string | undefined) {
  const status: RunView["status"] =
    compile && compile.status !== "ok"
      ? "compile_error"
      : (cases.find((stage) => stage && stage.status !== "ok")?.status ?? "ok");
  return { request_id: requestId ?? null, language, image, status, compile: compile && stageView(compile) };
}

/** Milliseconds to the microsecond: what is finer is noise of floating point. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
