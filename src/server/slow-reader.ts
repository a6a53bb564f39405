import type { Response } from "express";
import type { ByteBudget } from "../core/byte-budget.ts";
import type { Clock } from "../core/clock.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Milliseconds for an answer to be read, and how many bytes more they are longer by. */
const READ_MS = 60_000;
const BYTES_PER_MS = 256;
/** A smaller answer costs no more than its request. */
const SMALL_BYTES = 64 * 1024;
/** Seconds after which a caller may try again when the memory for answers is used up. */
const RETRY_SECONDS = 5;

export interface SlowReaderOptions {
  /** Memory for answers that are not read yet. */
  readonly budget: ByteBudget;
  readonly clock: Clock;
}

/**
 * Called before an answer of `bytes` is handed on whole. Holds its memory until it is read, throws `overloaded` where there is none left,
 * and cuts a client that reads more slowly than about 256 KB/s after the first minute.
 */
export function holdAnswer(res: Response, bytes: number, { budget, clock }: SlowReaderOptions): void {
  if (bytes < SMALL_BYTES) return;
  if (!budget.take(bytes)) {
    throw new SandlotError("overloaded", { resource: "memory for answers", retry_after: RETRY_SECONDS });
  }
  const cancel = clock.after(READ_MS + bytes / BYTES_PER_MS, () => res.destroy());
  res.once("close", () => {
    cancel();
    budget.give(bytes);
  });
}
