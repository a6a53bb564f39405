import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, withScope } from "../../core/context.ts";
import { parseJson } from "../../core/json/parse.ts";
import { joinMembers, rawMembers } from "../../core/json/raw.ts";
import { readErrorBody } from "../dialects/error-body.ts";
import type { TokenizerPath } from "../port.ts";
import { readRefusal } from "../upstream/refusal.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { reading } from "./attempt.ts";

const Detokenized = z.looseObject({ prompt: z.string() });

/**
 * Asks vLLM's tokenizer; `body` is a raw JSON object, in which `model` becomes the endpoint's name. Null where the endpoint has none.
 * Throws what a call to the model throws.
 */
export async function askTokenizer(
  ctx: CallContext,
  upstream: Upstream,
  { model, path, body }: { readonly model: string; readonly path: TokenizerPath; readonly body: string },
): Promise<string | null> {
  const named = joinMembers(rawMembers(body).set("model", JSON.stringify(model)));
  const site = { caller: null, bytes: body.length, continued: false, exact: false };
  const { value } = await upstream.call<string | null>(ctx, site, async (scope, engine) => {
    const sent = await engine.post(scope, engine.root(path), named);
    if (sent.kind === "failed") return sent;
    const { status, retryAfter } = sent;
    const text = reading(sent, engine.fault, (whole) => whole);
    if (typeof text !== "string") return text;
    if (status >= 200 && status <= 299) return { kind: "done", value: text, usage: null };
    const refusal = readRefusal(status, text, retryAfter, engine.fault);
    if (refusal.kind === "no_route") return { kind: "done", value: null, usage: null };
    if (refusal.kind === "failed") return refusal;
    const { message } = readErrorBody(text);
    return { kind: "failed", error: engine.fault("model_rejected", message, { status }), repeatable: false };
  });
  return value;
}

/** An answer waits for it: better no explanation of a break than a late answer. */
const TIMEOUT_MS = 5_000;

/** The text of token ids; null where the engine has no `/detokenize`. Throws what a call throws, and after 5 s. */
export function decodeWith(
  ctx: CallContext,
  upstream: Upstream,
  { model, ids, clock }: { readonly model: string; readonly ids: readonly number[]; readonly clock: Clock },
): Promise<string | null> {
  const body = JSON.stringify({ tokens: ids });
  return withScope(ctx, { timeoutMs: TIMEOUT_MS, clock, waitingFor: "the text of tokens" }, async (scope) => {
    const answer = await askTokenizer(scope, upstream, { model, path: "/detokenize", body });
    const read = answer === null ? null : Detokenized.safeParse(parseJson(answer));
    return read?.data?.prompt ?? null;
  });
}
