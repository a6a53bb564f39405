import type { IncomingMessage } from "node:http";
import type { ByteBudget } from "../../core/byte-budget.ts";
import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { utf8Text } from "../../core/json/parse.ts";

/** How long a body may take to come, milliseconds: its bytes are taken from what all sessions share. */
const BODY_MS = 120_000;

export interface BodyLimits {
  /** Bytes of one body at most. */
  readonly limitBytes: number;
  readonly budget: ByteBudget;
}

/** Seconds after which a caller may try again when the memory for bodies is used up. */
const RETRY_SECONDS = 5;

/**
 * A request's body as text, exactly; `release` gives its bytes back. Throws `payload_too_large`, `overloaded`,
 * `invalid_json` for what is no UTF-8, and `cancelled` when the caller goes away.
 */
export async function readBody(
  req: IncomingMessage,
  { limitBytes, budget }: BodyLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly release: () => void }> {
  const tooLarge = () => new SandlotError("payload_too_large", { limit_bytes: limitBytes });
  if (Number(req.headers["content-length"] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let held = 0;
  const giveUp = () => void req.destroy();
  const cancelTimer = clock.after(BODY_MS, giveUp);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      if (held + chunk.length > limitBytes) throw tooLarge();
      if (!budget.take(chunk.length))
        throw new SandlotError("overloaded", { resource: "memory for request bodies", retry_after: RETRY_SECONDS });
      held += chunk.length;
      chunks.push(chunk);
    }
    const text = utf8Text(Buffer.concat(chunks, held));
    return { text, release: () => budget.give(held) };
  } catch (error) {
    budget.give(held);
    if (SandlotError.is(error)) throw error;
    if (signal.aborted) throw signal.reason;
    throw new SandlotError("cancelled", { detail: "the body did not come to its end" }, { cause: error });
  } finally {
    cancelTimer();
    signal.removeEventListener("abort", giveUp);
  }
}
