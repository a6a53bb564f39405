import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, withScope } from "../../core/context.ts";
import { parseJson, utf8Text } from "../../core/json/parse.ts";
import type { Upstream } from "../upstream/upstream.ts";

const Detokenized = z.looseObject({ prompt: z.string() });

/** An answer waits for it: better no explanation of a break than a late answer. */
const TIMEOUT_MS = 5_000;

/** The text of token ids by vLLM's `/detokenize`; null where the engine does not serve it. Throws after 5 s. */
export function decodeWith(
  ctx: CallContext,
  upstream: Upstream,
  asked: { readonly model: string; readonly ids: readonly number[]; readonly clock: Clock },
): Promise<string | null> {
  const limit = { timeoutMs: TIMEOUT_MS, clock: asked.clock, waitingFor: "the text of tokens" };
  return withScope(ctx, limit, (scope) => decode(scope, upstream, asked));
}

async function decode(
  ctx: CallContext,
  upstream: Upstream,
  { model, ids }: { readonly model: string; readonly ids: readonly number[] },
): Promise<string | null> {
  const body = JSON.stringify({ model, tokens: ids });
  const site = { caller: null, bytes: body.length, continued: false };
  const { value } = await upstream.call<string | null>(ctx, site, async (scope, engine) => {
    const sent = await engine.post(scope, engine.root("/detokenize"), body);
    if (sent.kind === "failed") return sent;
    const read = sent.status === 200 ? Detokenized.safeParse(parseJson(utf8Text(sent.body))) : null;
    return { kind: "done", value: read?.data?.prompt ?? null, usage: null };
  });
  return value;
}
