import { pythonStrip, pythonWords } from "sandlot";
import { z } from "zod";
import { splitSentences } from "../text/split-sentences.ts";
import { instruction, Text } from "./instruction.ts";

const Word = Text.transform(pythonStrip).refine((word) => word !== "", "must not be blank");
const LastWord = z.union([Word, z.tuple([Word], z.unknown()).transform(([first]) => first)]);

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
/** The last word without signs. */
const endOf = (text: string) => (pythonWords(text).at(-1) ?? "").replace(/[^\p{L}\p{N}_\s]/gu, "");

export const POSITIONS = {
  "first_word:first_word_sent": instruction(z.strictObject({ first_word: Word }), (text, { first_word }) =>
    splitSentences(text).every((sentence) => same(pythonWords(sentence)[0] ?? "", first_word)),
  ),
  "first_word:first_word_answer": instruction(z.strictObject({ first_word: Word }), (text, { first_word }) =>
    same(pythonWords(text)[0] ?? "", first_word),
  ),
  "last_word:last_word_sent": instruction(z.strictObject({ last_word: LastWord }), (text, { last_word }) =>
    splitSentences(text).every((sentence) => pythonStrip(sentence) !== "" && same(endOf(sentence), last_word)),
  ),
  "last_word:last_word_answer": instruction(
    z.strictObject({ last_word: Word }),
    (text, { last_word }) => pythonStrip(text) !== "" && same(endOf(text), last_word),
  ),
};
