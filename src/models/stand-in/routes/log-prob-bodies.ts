import type { JsonObject } from "../../../core/json/parse.ts";
import type { Generation } from "../replica/generation.ts";
import { logProbOf, topLogProbs } from "../text/log-probs.ts";
import { bytesOf, decode } from "../text/tokenizer.ts";

const nameOf = (token: number, asId: boolean) => (asId ? `token_id:${token}` : decode([token]));

/** `logprobs` of Chat Completions for the tokens from `from` to `to`. */
export function chatLogprobs(generation: Generation, from: number, to: number, top: number, asId: boolean): JsonObject {
  const content: JsonObject[] = [];
  for (let i = from; i < to; i++) {
    const token = generation.plan.tokens[i] ?? 0;
    content.push({
      token: nameOf(token, asId),
      logprob: generation.logProb(i),
      bytes: [...bytesOf(token)],
      top_logprobs: generation
        .topLogProbs(i, Math.max(1, top))
        .slice(0, top)
        .map((one) => ({
          token: nameOf(one.token, asId),
          logprob: one.logprob,
          bytes: [...bytesOf(one.token)],
        })),
    });
  }
  return { content };
}

/** `logprobs` of Completions. */
export function completionLogprobs(
  generation: Generation,
  { from, to, top, asId, offset }: { from: number; to: number; top: number; asId: boolean; offset: number },
): JsonObject {
  const tokens: string[] = [];
  const offsets: number[] = [];
  let at = offset;
  for (let i = from; i < to; i++) {
    const name = nameOf(generation.plan.tokens[i] ?? 0, asId);
    tokens.push(name);
    offsets.push(at);
    at += name.length;
  }
  const positions = tokens.map((_, i) => from + i);
  return {
    text_offset: offsets,
    token_logprobs: positions.map((i) => generation.logProb(i)),
    tokens,
    top_logprobs: positions.map((i) =>
      Object.fromEntries(
        generation.topLogProbs(i, Math.max(1, top)).map((one) => [nameOf(one.token, asId), one.logprob]),
      ),
    ),
  };
}

/** `logprobs` of the tokens-only endpoint. */
export function tokenLogprobs(generation: Generation, from: number, to: number, top: number): JsonObject {
  const content: JsonObject[] = [];
  for (let i = from; i < to; i++) {
    const all = generation.topLogProbs(i, Math.max(1, top));
    content.push({
      token_id: generation.plan.tokens[i] ?? 0,
      logprob: generation.logProb(i),
      rank: 1,
      top_logprobs: all.map(({ token, logprob, rank }) => ({ token_id: token, logprob, rank })),
    });
  }
  return { content };
}

/** `prompt_logprobs`: nothing for the first token, then the token itself and `top` alternatives. */
export function promptLogprobs({ plan }: Generation, top: number): (JsonObject | null)[] {
  return plan.prompt.map((token, i) => {
    if (i === 0) return null;
    const all =
      top < 2 ? [{ token, logprob: logProbOf(token, i, plan.seed), rank: 1 }] : topLogProbs(token, i, plan.seed, top);
    return Object.fromEntries(
      all.map((one) => [
        String(one.token),
        { logprob: one.logprob, rank: one.rank, decoded_token: decode([one.token]) },
      ]),
    );
  });
}
