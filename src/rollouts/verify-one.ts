import type { Verdict } from "../contract/verdict.ts";
import { type CallContext, orAborted, withScope } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { type ResponseToVerify, verifyResponse } from "../resources/index.ts";

/** Longest verification of one answer, its waits included. */
const VERIFICATION_MS = 30 * 60_000;

/** A verdict, or the fault that kept the answer from being judged. */
export type Verified =
  | { readonly verdict: Verdict; readonly error: null; readonly verifyMs: number }
  | { readonly verdict: null; readonly error: SandlotError; readonly verifyMs: number };

/**
 * Verifies an answer by itself. Throws only that it is no longer wanted, and that the platform is too busy or stops: for the
 * caller to try again, and nothing about the answer.
 */
export async function verifyOne(ctx: CallContext, input: ResponseToVerify): Promise<Verified> {
  const { clock } = input;
  const startedAt = clock.monotonic();
  const limit = { timeoutMs: VERIFICATION_MS, waitingFor: "the verification", clock };
  try {
    const verdict = await withScope(ctx, limit, (scope) => orAborted(scope, verifyResponse(scope, input)));
    return { verdict, error: null, verifyMs: clock.monotonic() - startedAt };
  } catch (thrown) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    const error = SandlotError.from(thrown);
    if (isRefusal(error)) throw error;
    return { verdict: null, error, verifyMs: clock.monotonic() - startedAt };
  }
}

/** Whether the platform was too busy or stopping. */
export function isRefusal({ domain, retry, code }: SandlotError): boolean {
  return domain === "internal" && retry === "backoff" && code !== "internal";
}
