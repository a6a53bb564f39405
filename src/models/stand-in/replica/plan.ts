import { type Answer, answerText } from "../text/answer.ts";
import { seededRandom } from "../text/random.ts";
import { encode, encodeDrifted, END_OF_TEXT, END_OF_TURN, textsOf, WORD_TOKENS } from "../text/tokenizer.ts";
import type { GenerationPlan } from "./generation.ts";
import type { Sampling } from "./sampling.ts";

export interface PlanInput {
  readonly prompt: readonly number[];
  readonly answer: Answer;
  readonly sampling: Sampling;
  readonly seed: number;
  /** Tokens other than the tokenizer's for the same text. */
  readonly drift: boolean;
  readonly thinking: boolean;
}

/** Decides a sequence to its last token. What stops it is looked for in the order in which it would be generated. */
export function planGeneration(input: PlanInput): GenerationPlan {
  const { prompt, sampling, seed } = input;
  const wanted = wantedTokens(input);
  const stop = firstStop(wanted.tokens, wanted.texts, sampling);
  const count = stop?.count ?? wanted.tokens.length;
  const cut = count > sampling.maxTokens;
  const length = cut ? sampling.maxTokens : count;
  const texts = wanted.texts.slice(0, length);
  if (!cut && stop) shorten(texts, stop.textLength);
  const ended = wanted.finish;
  return {
    prompt,
    tokens: wanted.tokens.slice(0, length),
    texts,
    finish: cut ? "length" : stop ? "stop" : ended,
    stopReason: cut ? null : (stop?.reason ?? (ended === "stop" && input.answer.endOfText ? END_OF_TEXT : null)),
    seed,
    priority: sampling.priority,
    salt: sampling.salt,
    maxTokens: sampling.maxTokens,
  };
}

interface Wanted {
  readonly tokens: readonly number[];
  readonly texts: readonly string[];
  readonly finish: "stop" | "length" | "error";
}

/** The answer's tokens, as long as it and the sampling want them. */
function wantedTokens({ answer, sampling, seed, drift, thinking }: PlanInput): Wanted {
  const text = answerText(answer, thinking);
  const tokens = drift ? encodeDrifted(text) : encode(text);
  const { finish = "stop" } = answer;
  const end = finish === "length" ? 0 : 1;
  if (answer.tokens !== undefined) resize(tokens, answer.tokens - end, seed);
  const ends = finish !== "length" && !sampling.ignoreEos;
  const least = ends ? sampling.minTokens - 1 : sampling.ignoreEos ? sampling.maxTokens : 0;
  if (tokens.length < least) resize(tokens, Math.min(least, sampling.maxTokens), seed);
  if (ends || tokens.length === 0) tokens.push(answer.endOfText ? END_OF_TEXT : END_OF_TURN);
  return { tokens, texts: textsOf(tokens), finish: ends ? finish : finish === "error" ? "error" : "length" };
}

/** Cuts tokens, or fills them up with words. */
function resize(tokens: number[], length: number, seed: number): void {
  if (tokens.length > length) tokens.length = Math.max(0, length);
  const random = seededRandom(seed ^ 0x5eed);
  while (tokens.length < length) {
    tokens.push(WORD_TOKENS[Math.floor(random() * WORD_TOKENS.length)] ?? END_OF_TEXT);
  }
}

interface Stop {
  /** Tokens up to and with the one that stopped. */
  readonly count: number;
  /** Characters of text that the caller still gets. */
  readonly textLength: number;
  readonly reason: string | number;
}

function firstStop(tokens: readonly number[], texts: readonly string[], sampling: Sampling): Stop | null {
  const { stop, stopTokenIds, minTokens, includeStopInOutput } = sampling;
  if (stop.length === 0 && stopTokenIds.length === 0) return null;
  const longest = Math.max(0, ...stop.map((reason) => reason.length));
  // As much of the text as a stop string can begin in, and how much there was before it.
  let tail = "";
  let skipped = 0;
  for (const [i, token] of tokens.entries()) {
    const kept = Math.min(tail.length, Math.max(0, longest - 1));
    skipped += tail.length - kept;
    tail = tail.slice(tail.length - kept) + (texts[i] ?? "");
    if (i + 1 < minTokens) continue;
    if (stopTokenIds.includes(token)) return { count: i + 1, textLength: skipped + kept, reason: token };
    for (const reason of stop) {
      const at = tail.indexOf(reason);
      if (at >= 0 && reason !== "")
        return { count: i + 1, textLength: skipped + at + (includeStopInOutput ? reason.length : 0), reason };
    }
  }
  return null;
}

function shorten(texts: string[], length: number): void {
  let left = length;
  for (const [i, text] of texts.entries()) {
    texts[i] = text.slice(0, left);
    left = Math.max(0, left - text.length);
  }
}
