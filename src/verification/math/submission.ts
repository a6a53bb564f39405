import type { RunLimits } from "../../sandbox/index.ts";
import type { AnswerExtraction } from "../extract/index.ts";

/** An answer to a mathematical question. */
export interface AnswerSubmission {
  /** The model's final text. */
  readonly text: string;
  /** LaTeX, with or without outer `$…$` or `\(…\)`; one that agrees is enough. */
  readonly expected: readonly string[];
  /** What of the text is the answer. `library`: there has to be a box, and then math-verify reads the whole text (Gym's rule). */
  readonly extraction: AnswerExtraction | "library";
  /** Processor time of a comparison; what takes longer is not equal. Reading a text, and one comparison, may take half. */
  readonly timeoutSeconds: number;
  /** Of each comparison, but for its time. */
  readonly limits: Omit<Partial<RunLimits>, "cpuMs" | "wallMs">;
  /** One that has math-verify (sandboxes/math). */
  readonly image: string;
  /** A container runtime such as `runsc`; default: the provider's. */
  readonly runtime?: string;
  /** Whose sandboxes compare: those of different resources share none. */
  readonly resource: string;
}
