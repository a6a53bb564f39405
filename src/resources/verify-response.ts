import type { OutputItem, ResponseObject } from "../contract/responses.ts";
import type { Verdict } from "../contract/verdict.ts";
import { type Clock, sleep } from "../core/clock.ts";
import { type CallContext, orAborted, rootContext, withScope } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Environment } from "./environment.ts";
import type { Row, SessionToken } from "./port.ts";

/** An answer to a task, to be verified. */
export interface ResponseToVerify {
  readonly environment: Environment;
  readonly row: Row;
  readonly response: ResponseObject;
  readonly clock: Clock;
}

/** Verifications of one answer: the model's work is not thrown away for a fault of ours (docs/decisions/0005). */
const VERIFY_TRIES = 3;
const VERIFY_DELAY_MS = 1_000;
const CLOSE_MS = 30_000;

/** The verdict on an answer in a session of its own: no agent, no model. */
export async function verifyResponse(ctx: CallContext, input: ResponseToVerify): Promise<Verdict> {
  const { environment, row, clock } = input;
  const token = await environment.resource.seed(ctx, row);
  try {
    return await verifyInSession(ctx, token, input);
  } finally {
    await closeSession(ctx, environment, token, clock);
  }
}

/** The verdict on an answer in an open session. Faults of sandboxes and verifier are tried again before they are thrown. */
export async function verifyInSession(
  ctx: CallContext,
  token: SessionToken,
  { environment, row, response, clock }: ResponseToVerify,
): Promise<Verdict> {
  for (let tries = 1; ; tries++) {
    try {
      const verdict = await environment.resource.verify(ctx, token, row, response);
      if (verdict.flaky) throw new SandlotError("verifier_failed", { detail: "repeats of a test disagree" });
      return verdict;
    } catch (thrown) {
      const error = SandlotError.from(thrown);
      const infrastructure = error.domain === "sandbox" || error.domain === "verifier";
      if (tries >= VERIFY_TRIES || error.retry === "never" || !infrastructure || ctx.signal.aborted) throw error;
      await sleep(clock, VERIFY_DELAY_MS * 2 ** (tries - 1), ctx.signal);
    }
  }
}

/** Ends a session; one that does not end is logged, and never throws. */
export async function closeSession(
  ctx: CallContext,
  { resource }: Environment,
  token: SessionToken,
  clock: Clock,
): Promise<void> {
  // A context of its own: also what was cancelled is to be closed, and nothing may hold the caller for ever.
  const own = { ...rootContext({ logger: ctx.logger }), principal: ctx.principal, trace: ctx.trace };
  const scope = { timeoutMs: CLOSE_MS, waitingFor: "the session to close", clock };
  await withScope(own, scope, (inner) => orAborted(inner, resource.close(inner, token))).catch((error: unknown) => {
    ctx.logger.warn({ error: SandlotError.from(error).report() }, "a session could not be closed");
  });
}

/** A response that says `text` and nothing else, or has the items of `output`, as if a model had answered it. */
export function responseOf(text: string, output?: readonly OutputItem[]): ResponseObject {
  const content = [{ type: "output_text", text, annotations: [] }];
  const message = { id: "msg_given", type: "message", role: "assistant", status: "completed", content };
  return { id: "resp_given", object: "response", created_at: 0, model: "given", output: [...(output ?? [message])] };
}
