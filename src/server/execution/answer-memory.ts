import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Stage } from "../../execution/service.ts";
import type { CapturedOutput, SessionReply } from "../../sandbox/index.ts";
import { createByteBudget } from "../../core/byte-budget.ts";

/** Seconds after which a caller may try again when the memory for answers is used up. */
const RETRY_SECONDS = 5;
/** An answer below this is not counted: it is no larger than what every request costs anyway. */
const SMALL_BYTES = 64 * 1024;

/** A bound over what programs wrote and nobody has been sent yet, over all requests. */
export class AnswerMemory {
  readonly #budget: ReturnType<typeof createByteBudget>;

  constructor(limitBytes: number) {
    this.#budget = createByteBudget(limitBytes);
  }

  open(): AnswerAccount {
    return new AnswerAccount(this.#budget);
  }
}

/** What one request holds of it. */
export class AnswerAccount {
  readonly #budget: ReturnType<typeof createByteBudget>;
  /** What it has, and what of it is taken from the budget: all or, while it is small, nothing. */
  #has = 0;
  #held = 0;
  #released = false;

  constructor(budget: ReturnType<typeof createByteBudget>) {
    this.#budget = budget;
  }

  /** Counts so many bytes; answers the error to end the request with when there is no room for them. */
  hold(more: number): SandlotError | null {
    if (this.#released) return null;
    const has = this.#has + more;
    if (this.#held > 0 || has >= SMALL_BYTES) {
      if (!this.#budget.take(has - this.#held)) {
        return new SandlotError("overloaded", { resource: "memory for answers", retry_after: RETRY_SECONDS });
      }
      this.#held = has;
    }
    this.#has = has;
    return null;
  }

  /** Gives so many bytes back, which have been sent. */
  give(bytes: number): void {
    if (this.#released) return;
    this.#has -= bytes;
    if (this.#held === 0) return;
    this.#budget.give(this.#held - this.#has);
    this.#held = this.#has;
  }

  /** Whether the answer is large enough to be sent in parts. */
  get isLarge(): boolean {
    return this.#held > 0;
  }

  /** Gives everything back. Idempotent. */
  release(): void {
    this.#released = true;
    this.#budget.give(this.#held);
    this.#held = 0;
  }
}

/** What a piece of output costs beside its bytes. */
const PIECE_BYTES = 256;

/** Bytes that a piece of output takes while it waits: a program may write them one by one. */
export function pieceBytes(data: Uint8Array): number {
  return PIECE_BYTES + data.length;
}

/** Bytes of output and files that a stage holds. */
export function stageBytes({ stdout, stderr, files }: Stage): number {
  return files.reduce((sum, { data }) => sum + data.length, outputBytes(stdout) + outputBytes(stderr));
}

/** Bytes of output, value and error that the reply to a session's call holds. */
export function replyBytes({ stdout, stderr, value, error }: SessionReply): number {
  const texts = [value, error?.name, error?.message, error?.traceback];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), outputBytes(stdout) + outputBytes(stderr));
}

function outputBytes({ head, tail }: CapturedOutput): number {
  return head.length + tail.length;
}
