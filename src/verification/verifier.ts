import type { Verdict } from "../contract/verdict.ts";
import type { CallContext } from "../core/context.ts";
import type { Clock } from "../core/clock.ts";
import type { Execution, ExecutionRequest, ExecutionService } from "../execution/index.ts";
import { extractCode, type Extraction } from "./extract/index.ts";
import { judgeAssertions } from "./kinds/assertions.ts";
import { judgeCases } from "./kinds/cases.ts";
import { judgeChecker } from "./kinds/checker.ts";
import type { Judgement, Runs } from "./kinds/judgement.ts";
import { judgePrograms } from "./kinds/programs.ts";
import { judgeProject } from "./kinds/project.ts";
import { judgeShared } from "./kinds/shared.ts";
import { type JudgingOptions, judgingOptions } from "./judging-options.ts";
import { namedTests } from "./named-tests.ts";
import type { Program, Submission, Tests } from "./submission.ts";
import { agreed, unanswered, verdictOf } from "./verdict.ts";
import { judgeAnswer } from "./math/judge-answer.ts";
import type { AnswerSubmission } from "./math/submission.ts";

/** Judges programs by their tests, and mathematical answers by those expected. */
export interface VerificationService {
  /**
   * Throws faults of the sandboxes, of the tests and of the options; everything that the program does is in the verdict.
   */
  verify(ctx: CallContext, submission: Submission): Promise<Verdict>;
  /** Throws faults of the sandboxes, and `verifier_failed` where no answer could be right. */
  verifyAnswer(ctx: CallContext, submission: AnswerSubmission): Promise<Verdict>;
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
    const options = judgingOptions(submission);
    const { code, problem } = extracted(submission, options);
    if (code === null) return unanswered(problem, namedTests(submission.tests) ?? 0);
    const program = { ...submission, code };
    const verdicts: Verdict[] = [];
    while (verdicts.length < options.repeat)
      verdicts.push(verdictOf(program, await this.#judge(ctx, program, options), options.scoring));
    return agreed(verdicts);
  }

  async verifyAnswer(ctx: CallContext, submission: AnswerSubmission): Promise<Verdict> {
    return judgeAnswer((request) => this.#run(ctx, submission, request), submission);
  }

  #judge(ctx: CallContext, program: Program<Tests>, options: JudgingOptions): Promise<Judgement> {
    const { tests } = program;
    const runs = this.#runs(ctx, program);
    switch (tests.kind) {
      case "cases":
        return judgeCases(runs.candidate, { ...program, tests }, options);
      case "checker":
        return judgeChecker(runs, { ...program, tests }, options);
      case "assertions":
        if (tests.isolation === "shared") return judgeShared(runs, { ...program, tests });
        return judgeAssertions(runs.candidate, { ...program, tests });
      case "program":
        return judgePrograms(runs.candidate, { ...program, tests });
      case "pytest":
        return judgeProject(runs, { ...program, tests });
    }
  }

  #runs(ctx: CallContext, program: Program<Tests>): Runs {
    const { resource, runtime } = program;
    const judges = { resource: `${resource}-judge`, ...(runtime ? { runtime } : {}) };
    return {
      candidate: (request) => this.#run(ctx, program, request),
      judge: (request) => this.#run(ctx, judges, request),
    };
  }

  /** Waiting for a slot is bounded by the caller's deadline alone: a refusal would only be tried again. */
  #run(ctx: CallContext, { image, resource, runtime }: Place, request: ExecutionRequest): Promise<Execution> {
    const { execution, clock } = this.#options;
    const maxQueueMs = Math.min(LONGEST_QUEUE_MS, Math.max(0, ctx.deadline - clock.now()));
    const where = { resource, ...(image ? { image } : {}), ...(runtime ? { runtime } : {}) };
    return execution.run(ctx, { ...request, ...where, maxQueueMs });
  }
}

/** Where it is judged. */
type Place = Pick<Submission, "image" | "resource" | "runtime">;

const LONGEST_QUEUE_MS = 3_600_000;

function extracted({ code, language }: Submission, { extraction }: JudgingOptions): Extraction {
  if (typeof code === "string") return { code, problem: null };
  return extractCode(extraction, code.answer, { ...code, language });
}
