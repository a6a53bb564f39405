import { hashNumbers, seededRandom } from "./random.ts";
import { VOCABULARY_SIZE } from "./tokenizer.ts";

export interface TokenLogProb {
  readonly token: number;
  /** Finite and at most 0. */
  readonly logprob: number;
  /** From 1. */
  readonly rank: number;
}

/** The log-probability of a token at a position; depends on these and the seed alone. */
export function logProbOf(token: number, position: number, seed: number): number {
  const random = seededRandom(hashNumbers([token, position], seed))();
  // Between 0.34 and 1: more than a third, so the token is the most likely one whatever the others are.
  return Math.log(1 - 0.66 * random ** 2);
}

/**
 * The `count` most likely tokens at a position, the generated one first. Their probabilities add up to less than 1,
 * and no two are the same token.
 */
export function topLogProbs(token: number, position: number, seed: number, count: number): TokenLogProb[] {
  const logprob = logProbOf(token, position, seed);
  const top = [{ token, logprob, rank: 1 }];
  let share = Math.max(1 - Math.exp(logprob), 1e-9);
  const start = hashNumbers([token, position, 7], seed);
  for (let i = 0; top.length < count; i++) {
    const other = (start + i * 7919) % VOCABULARY_SIZE;
    if (top.some((one) => one.token === other)) continue;
    share /= 2;
    top.push({ token: other, logprob: Math.log(share), rank: top.length + 1 });
  }
  return top;
}
