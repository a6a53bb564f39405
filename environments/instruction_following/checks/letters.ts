import { z } from "zod";
import { detectLanguage } from "../text/language.ts";
import { isLower, isUpper } from "../text/python-string.ts";
import { wordTokens } from "../text/word-tokens.ts";
import { compares, Count, instruction, None, Positive, Relation } from "./instruction.ts";

/** The languages that IFEval asks for. */
const Language = z.enum(
  "en es pt ar hi fr ru de ja it bn uk th ur ta te bg ko pl he fa vi ne sw kn mr gu pa ml fi".split(" "),
);

/** Texts without a letter to judge by count as any language, as in IFEval. */
const isIn = (language: string, text: string) => (detectLanguage(text) ?? language) === language;

const letterFrequency = instruction(
  z.strictObject({
    letter: z.string().regex(/^[A-Za-z]$/, "must be a letter"),
    let_frequency: Count,
    let_relation: Relation,
  }),
  (text, { letter, let_frequency, let_relation }) => {
    const found = text.toLowerCase().split(letter.toLowerCase()).length - 1;
    return compares(found, let_relation, let_frequency);
  },
);

export const LETTERS = {
  "keywords:letter_frequency": letterFrequency,
  "letters:letter_counting2": letterFrequency,
  "letters:letter_counting": instruction(z.strictObject({ N: Positive, relation: Relation }), (text, kwargs) =>
    compares(text.match(/[A-Za-z]/g)?.length ?? 0, kwargs.relation, kwargs.N),
  ),
  "change_case:english_capital": instruction(None, (text) => isUpper(text) && isIn("en", text)),
  "change_case:english_lowercase": instruction(None, (text) => isLower(text) && isIn("en", text)),
  "change_case:capital_word_frequency": instruction(
    z.strictObject({ capital_frequency: z.int(), capital_relation: Relation }),
    (text, kwargs) =>
      compares(wordTokens(text).filter(isUpper).length, kwargs.capital_relation, kwargs.capital_frequency),
  ),
  "language:response_language": instruction(z.strictObject({ language: Language }), (text, { language }) =>
    isIn(language, text),
  ),
  "punctuation:no_comma": instruction(None, (text) => !text.includes(",")),
  "punctuation:punctuation_dot": instruction(None, (text) => !text.includes(".")),
  "punctuation:punctuation_exclamation": instruction(None, (text) => !text.includes("!")),
};
