import { pythonWords } from "sandlot";
import { z } from "zod";
import { splitSentences } from "../text/split-sentences.ts";
import { wordTokens } from "../text/word-tokens.ts";
import { compares, Count, instruction, None, Positive, Relation } from "./instruction.ts";
import { Keyword, keywordFor, occurrences } from "./pattern.ts";

/** One keyword, or a list of which the first counts. */
const OneKeyword = z.union([Keyword, z.tuple([Keyword], z.unknown()).transform(([first]) => first)]);
const wholeWord = (word: string) => `\\b${word}\\b`;
const Frequency = z.strictObject({ keyword: Keyword, frequency: Count, relation: Relation });

const frequency = instruction(Frequency, async (text, { keyword, frequency, relation }, ctx) =>
  compares(await occurrences(ctx, keyword, text), relation, frequency),
);

export const KEYWORDS = {
  "keywords:existence": instruction(
    z.strictObject({ keywords: z.array(Keyword).min(1) }),
    async (text, kwargs, ctx) => {
      for (const keyword of kwargs.keywords) if ((await occurrences(ctx, keyword, text)) === 0) return false;
      return true;
    },
  ),
  "keywords:frequency": frequency,
  "keywords:word_count_different_numbers": frequency,
  "keywords:forbidden_words": instruction(
    z.strictObject({ forbidden_words: z.array(keywordFor(wholeWord)).min(1) }),
    async (text, kwargs, ctx) => {
      for (const word of kwargs.forbidden_words) {
        if ((await occurrences(ctx, wholeWord(word), text)) > 0) return false;
      }
      return true;
    },
  ),
  "keywords:word_once": instruction(z.strictObject({ keyword: Keyword }), async (text, { keyword }, ctx) => {
    return (await occurrences(ctx, keyword, text)) === 1;
  }),
  "count:count_increment_word": instruction(
    z.strictObject({ keyword1: OneKeyword, keyword2: OneKeyword }),
    async (text, { keyword1, keyword2 }, ctx) =>
      (await occurrences(ctx, keyword1, text)) === 1 && (await occurrences(ctx, keyword2, text)) === 2,
  ),
  "keywords:exclude_word_harder": instruction(
    z.strictObject({ keyword: z.string().trim().min(1), instruction: z.string().optional() }),
    (text, { keyword }) => !text.includes(` ${keyword} `),
  ),
  "keywords:keyword_specific_position": instruction(
    z.strictObject({ keyword: OneKeyword, n: Positive, m: Positive }),
    (text, { keyword, n, m }) => {
      const sentence = splitSentences(text)[n - 1];
      return sentence !== undefined && wordTokens(sentence)[m - 1] === keyword;
    },
  ),
  "keywords:palindrome": instruction(None, (text) =>
    pythonWords(text).some((word) => word === Array.from(word).reverse().join("")),
  ),
  "keywords:start_end": instruction(None, (text) => {
    const words = wordTokens(text);
    return words.length >= 2 && words[0]?.toLowerCase() === words.at(-1)?.toLowerCase();
  }),
  "keywords:no_adjacent_consecutive": instruction(None, (text) => {
    const letters = pythonWords(text).map((word) => Array.from(Array.from(word)[0]?.toLowerCase() ?? ""));
    return letters.every((letter, i) => {
      const next = letters[i + 1];
      if (next === undefined) return true;
      const [code, after] = [letter[0]?.codePointAt(0) ?? 0, next[0]?.codePointAt(0) ?? 0];
      return letter.length === 1 && next.length === 1 && after - code !== 1;
    });
  }),
};
