import { z } from "zod";
import type { CallContext } from "../../core/context.ts";
import { parseJson, utf8Text } from "../../core/json/parse.ts";
import type { Upstream } from "../upstream/upstream.ts";

const Detokenized = z.looseObject({ prompt: z.string() });

/** The text of token ids by vLLM's `/detokenize`; null where the engine does not serve it. */
export async function decodeWith(
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
