import type { CallContext } from "../../core/context.ts";
import type { BridgedTests, InputFile, RunRequest, Sandbox } from "../../sandbox/index.ts";
import type { Admission } from "../admission/index.ts";
import { type Candidate, type CandidateRunner, type Place, SubmissionRecord } from "../attribution/index.ts";
import type { CompilePlan } from "../plan/compile-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Execution, ExecutionCase, ExecutionListener, ExecutionRequest, Stage } from "../service.ts";
import { stageOf } from "../stage.ts";
import { CommonFiles } from "./common-files.ts";
import { type Compiled, compiledOf, compilerOf } from "./compile.ts";
import { runCases } from "./run-cases.ts";

export interface SubmissionInput {
  readonly plan: Plan;
  readonly request: ExecutionRequest;
  readonly admission: Admission;
  readonly runner: CandidateRunner;
  /** Longest wait of its first run for a sandbox, milliseconds. */
  readonly maxWaitMs: number;
  readonly listener: ExecutionListener | undefined;
}

/** A program that has been let in: compiled when it has to be, then run with each case in a slot of its own. */
export class Submission {
  readonly #input: SubmissionInput;
  readonly #record = new SubmissionRecord();
  #maxWaitMs: number | undefined;

  constructor(input: SubmissionInput) {
    this.#input = input;
    this.#maxWaitMs = input.maxWaitMs;
  }

  async execute(ctx: CallContext): Promise<Execution> {
    const { plan, request, listener } = this.#input;
    const facts = { language: plan.language, image: plan.image };
    const none = Array.from<null>({ length: request.cases.length }).fill(null);
    // First the tests: where they do not compile, nothing can be said about the program.
    const tests = plan.tests?.compile ? await this.#compile(ctx, plan.tests.compile) : null;
    const begun = tests ? { ...facts, testsCompile: tests.stage } : facts;
    if (tests && !tests.artefacts) return { ...begun, compile: null, cases: none };
    const program = plan.compile && (await this.#compile(ctx, plan.compile));
    if (program) listener?.onCompiled?.(program.stage);
    const compiled = { ...begun, compile: program?.stage ?? null };
    if (program && !program.artefacts) return { ...compiled, cases: none };
    const files = [...plan.files, ...(program?.artefacts ?? [])];
    const joined = plan.tests?.tests(tests?.artefacts ?? []) ?? null;
    return { ...compiled, cases: await this.#runCases(ctx, files, joined) };
  }

  async #compile(ctx: CallContext, plan: CompilePlan): Promise<Compiled> {
    return compiledOf(await this.#runOne(ctx, compilerOf(this.#input.plan.keepBytes, plan)), plan);
  }

  async #runCases(
    ctx: CallContext,
    files: readonly InputFile[],
    tests: BridgedTests | null,
  ): Promise<(Stage | null)[]> {
    const { plan, request, listener } = this.#input;
    const { cases, stopAtFirstFailure = false, hasFailed = isNotOk } = request;
    const common = new CommonFiles(ctx, files);
    try {
      return await runCases(ctx, {
        count: cases.length,
        parallel: plan.parallel,
        stopAtFirstFailure,
        hasFailed,
        run: (inner, index) => this.#runOne(inner, this.#candidate(common, tests, cases[index] ?? {})),
        isOver: () => this.#record.settled,
        onCase: (index, stage) => listener?.onCase?.(index, stage),
      });
    } finally {
      common.drop();
    }
  }

  async #runOne(ctx: CallContext, candidate: Candidate): Promise<Stage> {
    const { admission, runner } = this.#input;
    const permit = await admission.permit(ctx);
    const maxWaitMs = this.#maxWaitMs;
    // Only to begin is a matter of waiting too long; what has begun is brought to its end.
    this.#maxWaitMs = undefined;
    try {
      return stageOf(await runner.run(ctx, candidate, { record: this.#record, maxWaitMs }), permit.queueMs);
    } finally {
      permit.release();
    }
  }

  #candidate(common: CommonFiles, tests: BridgedTests | null, one: ExecutionCase): Candidate {
    const { plan, request, listener } = this.#input;
    const single = request.cases.length === 1;
    const onOutput = single ? listener?.onOutput?.bind(listener) : undefined;
    const prepare = (_ctx: CallContext, sandbox: Sandbox, place: Place): RunRequest | Promise<RunRequest> => {
      const make = (files: readonly InputFile[]) => caseRequest(plan, tests, one, files, place, onOutput);
      const files = common.for(sandbox, single || place.alone);
      return files instanceof Promise ? files.then(make) : make(files);
    };
    return { limits: plan.limits, prepare };
  }
}

const isNotOk = (_index: number, { status }: Stage) => status !== "ok";

/** Tests outlive the program that they call, so that they can say how it ended. Milliseconds. */
const TESTS_EXTRA_MS = 2_000;

function caseRequest(
  { program, env, keepBytes }: Plan,
  tests: BridgedTests | null,
  { args, stdin, files, outputs, keepBytes: ownKeepBytes }: ExecutionCase,
  common: readonly InputFile[],
  { limits, tries }: Place,
  onOutput: RunRequest["onOutput"],
): RunRequest {
  return {
    program: program(args),
    env,
    keepBytes: ownKeepBytes ?? keepBytes,
    limits,
    files: files ? [...common, ...files] : common,
    ...(stdin ? { stdin } : {}),
    ...(outputs ? { outputs } : {}),
    ...(tests ? { tests: { ...tests, limits: { ...tests.limits, wallMs: limits.wallMs + TESTS_EXTRA_MS } } } : {}),
    // Of a repetition, only the result counts: half an output has been told of already.
    ...(onOutput && tries === 0 ? { onOutput } : {}),
  };
}
