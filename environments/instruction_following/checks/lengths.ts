import { pythonStrip, pythonWords } from "sandlot";
import { z } from "zod";
import { punktSentences } from "../text/punkt.ts";
import { python } from "../text/python-pattern.ts";
import { strip, wordsOf } from "../text/python-string.ts";
import { splitSentences } from "../text/split-sentences.ts";
import { wordTokens } from "../text/word-tokens.ts";
import { compares, Count, instruction, None, Positive, Relation, Text } from "./instruction.ts";

const DIVIDER = python("\\s?\\*\\*\\*\\s?");

/** How many paragraphs there are; null when one between others is blank. */
function paragraphCount(paragraphs: readonly string[]): number | null {
  const blank = paragraphs.flatMap((paragraph, i) => (pythonStrip(paragraph) === "" ? [i] : []));
  if (blank.some((i) => i !== 0 && i !== paragraphs.length - 1)) return null;
  return paragraphs.length - blank.length;
}

const FirstWordOfParagraph = z
  .strictObject({ num_paragraphs: Positive, nth_paragraph: Positive, first_word: Text })
  .refine((kwargs) => kwargs.nth_paragraph <= kwargs.num_paragraphs, {
    path: ["nth_paragraph"],
    message: "must not be greater than num_paragraphs",
  });

export const LENGTHS = {
  "length_constraints:number_words": instruction(
    z.strictObject({ num_words: Count, relation: Relation }),
    (text, kwargs) => compares(wordsOf(text).length, kwargs.relation, kwargs.num_words),
  ),
  "length_constraints:number_sentences": instruction(
    z.strictObject({ num_sentences: Count, relation: Relation }),
    (text, kwargs) => compares(punktSentences(text).length, kwargs.relation, kwargs.num_sentences),
  ),
  "length_constraints:number_paragraphs": instruction(
    z.strictObject({ num_paragraphs: Count }),
    (text, kwargs) => paragraphCount(text.split(DIVIDER)) === kwargs.num_paragraphs,
  ),
  "paragraphs:paragraphs": instruction(None, (text) => paragraphCount(text.split(DIVIDER)) === 2),
  "paragraphs:paragraphs2": instruction(None, (text) => paragraphCount(text.split("\n\n")) === 2),
  "length_constraints:nth_paragraph_first_word": instruction(FirstWordOfParagraph, (text, kwargs) => {
    const paragraphs = text.split("\n\n");
    const written = paragraphs.filter((paragraph) => pythonStrip(paragraph) !== "").length;
    const word = pythonWords(paragraphs[kwargs.nth_paragraph - 1] ?? "")[0];
    if (word === undefined || kwargs.nth_paragraph > written) return false;
    const first = strip(strip(word, "'", "left"), '"', "left").split(/[.,?!'"]/, 1)[0] ?? "";
    return written === kwargs.num_paragraphs && first.toLowerCase() === kwargs.first_word.toLowerCase();
  }),
  "count:counting_composition": instruction(
    z.strictObject({ n_sent: Positive, n_words: Positive }),
    (text, { n_sent, n_words }) => {
      const paragraphs = text.split(DIVIDER);
      if (paragraphs.length !== 3) return false;
      return paragraphs.every((paragraph) => {
        const sentences = splitSentences(paragraph);
        return sentences.length === n_sent && sentences.every((sentence) => wordTokens(sentence).length === n_words);
      });
    },
  ),
  "count:count_unique": instruction(None, (text) => {
    const words = wordTokens(text);
    return new Set(words).size === words.length;
  }),
  "count:lowercase_counting": instruction(
    z.strictObject({ N: Positive }),
    (text, { N }) => wordsOf(text).filter((word) => /^[a-z]+$/.test(word)).length <= N,
  ),
};
