import type { Verdict } from "../../contract/verdict.ts";
import type { CallContext } from "../../core/context.ts";
import type { AnswerSubmission, Submission, VerificationService } from "../../verification/index.ts";

/** Verification that remembers which program was submitted under which trace: what the resource made of an answer. */
export class ProgramLog implements VerificationService {
  readonly #service: VerificationService;
  readonly #seen = new Map<string, Submission>();

  constructor(service: VerificationService) {
    this.#service = service;
  }

  verify(ctx: CallContext, submission: Submission): Promise<Verdict> {
    this.#seen.set(ctx.trace, submission);
    return this.#service.verify(ctx, submission);
  }

  verifyAnswer(ctx: CallContext, submission: AnswerSubmission): Promise<Verdict> {
    return this.#service.verifyAnswer(ctx, submission);
  }

  /** The program that was submitted last under the trace; null when there was none. It is forgotten. */
  take(trace: string): Submission | null {
    const submission = this.#seen.get(trace) ?? null;
    this.#seen.delete(trace);
    return submission;
  }
}
