import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, withScope } from "../../core/context.ts";
import { parseJson, utf8Text } from "../../core/json/parse.ts";
import { joinMembers, rawMembers } from "../../core/json/raw.ts";
import type { TokenizerAnswer, TokenizerPath } from "../port.ts";
import type { Upstream } from "../upstream/upstream.ts";

const Detokenized = z.looseObject({ prompt: z.string() });

/** Asks vLLM's tokenizer; `body` is a raw JSON object, in which `model` becomes the endpoint's name. */
export async function askTokenizer(
  ctx: CallContext,
  upstream: Upstream,
  { model, path, body }: { readonly model: string; readonly path: TokenizerPath; readonly body: string },
): Promise<TokenizerAnswer> {
  const named = joinMembers(rawMembers(body).set("model", JSON.stringify(model)));
  const site = { caller: null, bytes: body.length, continued: false };
  const { value } = await upstream.call<TokenizerAnswer>(ctx, site, async (scope, engine) => {
    const sent = await engine.post(scope, engine.root(path), named);
    if (sent.kind === "failed") return sent;
    return { kind: "done", value: { status: sent.status, body: utf8Text(sent.body) }, usage: null };
  });
  return value;
}

/** An answer waits for it: better no explanation of a break than a late answer. */
const TIMEOUT_MS = 5_000;

/** The text of token ids; null where the engine has no `/detokenize`. Throws after 5 s. */
export function decodeWith(
  ctx: CallContext,
  upstream: Upstream,
  { model, ids, clock }: { readonly model: string; readonly ids: readonly number[]; readonly clock: Clock },
): Promise<string | null> {
  const body = JSON.stringify({ tokens: ids });
  return withScope(ctx, { timeoutMs: TIMEOUT_MS, clock, waitingFor: "the text of tokens" }, async (scope) => {
    const answer = await askTokenizer(scope, upstream, { model, path: "/detokenize", body });
    const read = answer.status === 200 ? Detokenized.safeParse(parseJson(answer.body)) : null;
    return read?.data?.prompt ?? null;
  });
}
