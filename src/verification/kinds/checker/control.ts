import { SandlotError } from "../../../core/errors/sandlot-error.ts";
import type { Checker, CheckerCase } from "../../submission.ts";
import type { Run } from "../judgement.ts";
import { checkOutputs } from "./check-outputs.ts";
import type { Opinion } from "./opinion.ts";

/** Finds out whose doing it is that a checker came to no opinion, so that nobody buys a mask with an output that breaks it. */
export class Control {
  readonly #judge: Run;
  readonly #checker: Checker;
  #works: string | null = null;

  constructor(judge: Run, checker: Checker) {
    this.#judge = judge;
    this.#checker = checker;
  }

  /**
   * Tries the checker, once, on the task's own answer, or on nothing where the task has none. Answers a sentence of evidence
   * when it works there; throws `verifier_failed` when it does not.
   */
  async blame(test: CheckerCase, opinion: Opinion): Promise<string> {
    this.#works ??= await this.#try(test);
    return `the checker came to no opinion (${opinion.message}), but ${this.#works}`;
  }

  async #try(test: CheckerCase): Promise<string> {
    const { answer } = test;
    const what = answer === undefined ? "an empty output" : "the task's own answer";
    const outputs = [{ test, output: Buffer.from(answer ?? "") }];
    const [opinion] = await checkOutputs(this.#judge, this.#checker, outputs, () => true);
    if (opinion?.kind === "accepted" || opinion?.kind === "rejected") return `on ${what} it does: ${opinion.kind}`;
    const detail = `the checker fails on ${what}: ${opinion?.message ?? "it was not run"}`;
    throw new SandlotError("verifier_failed", { detail });
  }
}
