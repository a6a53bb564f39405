import type { Verdict } from "../contract/verdict.ts";
import type { CallContext } from "../core/context.ts";
import type { Clock } from "../core/clock.ts";
import type { Execution, ExecutionRequest, ExecutionService } from "../execution/index.ts";
import { judgeAssertions } from "./kinds/assertions.ts";
import { judgeCases } from "./kinds/cases.ts";
import type { Judgement } from "./kinds/judgement.ts";
import type { Submission } from "./submission.ts";

/** Judges programs by their tests. */
export interface VerificationService {
  /** Throws faults of the sandboxes and of the tests; everything that the program does is in the verdict. */
  verify(ctx: CallContext, submission: Submission): Promise<Verdict>;
}

export interface VerifierOptions {
  readonly execution: Pick<ExecutionService, "run">;
  readonly clock: Clock;
}

/** Verification over the execution service. */
export class Verifier implements VerificationService {
  readonly #options: VerifierOptions;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  async verify(ctx: CallContext, submission: Submission): Promise<Verdict> {
    return verdictOf(submission, await this.#judge(ctx, submission));
  }

  #judge(ctx: CallContext, submission: Submission): Promise<Judgement> {
    const { tests } = submission;
    const run = (request: ExecutionRequest) => this.#run(ctx, submission, request);
    switch (tests.kind) {
      case "cases":
        return judgeCases(run, { ...submission, tests });
      case "assertions":
        return judgeAssertions(run, { ...submission, tests });
    }
  }

  /** Waiting for a slot is bounded by the caller's deadline alone: a refusal would only be tried again. */
  #run(ctx: CallContext, { image, resource, runtime }: Submission, request: ExecutionRequest): Promise<Execution> {
    const { execution, clock } = this.#options;
    const maxQueueMs = Math.min(LONGEST_QUEUE_MS, Math.max(0, ctx.deadline - clock.now()));
    const where = { resource, ...(image ? { image } : {}), ...(runtime ? { runtime } : {}) };
    return execution.run(ctx, { ...request, ...where, maxQueueMs });
  }
}

const LONGEST_QUEUE_MS = 3_600_000;

/** All or nothing (NeMo Gym's rule). */
function verdictOf(submission: Submission, { cases, tests, isolation, sandbox }: Judgement): Verdict {
  const failed = cases.find(({ status }) => status !== "passed");
  const passed = !failed && cases.length === tests;
  return {
    reward: passed ? 1 : 0,
    status: passed ? "passed" : "failed",
    reason: failed?.status ?? (passed ? null : "no_tests"),
    message: messageOf(failed, tests),
    answer: submission.code,
    cases: [...cases],
    tests,
    flaky: false,
    isolation,
    sandbox: sandbox ? { provider: sandbox.provider, mode: sandbox.mode, image: sandbox.image } : null,
  };
}

function messageOf(failed: Judgement["cases"][number] | undefined, tests: number): string {
  if (!failed) return `all ${tests} tests passed`;
  return tests === 1 ? failed.message : `test ${failed.index + 1} of ${tests}: ${failed.message}`;
}
