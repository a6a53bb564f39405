import { pythonStrip, pythonWords } from "sandlot";
import { z } from "zod";
import { instruction, None, Positive, Text } from "./instruction.ts";

const SIX_STARS = "******";
const Prompt = z.strictObject({ prompt_to_repeat: Text });

const bare = (text: string) => pythonStrip(text).toLowerCase();
const copied = instruction(Prompt, (text, kwargs) => bare(text) === bare(kwargs.prompt_to_repeat));

/** Its first and last word are looked for as they stand, so they must be no pattern. */
const Phrase = Text.refine((phrase) => pythonWords(phrase).length > 0, "must not be blank").refine((phrase) => {
  const words = pythonWords(phrase);
  return ![words[0], words.at(-1)].some((word) => /[\\^$.*+?()[\]{}|]/.test(word ?? ""));
}, "must begin and end with a plain word");

export const COPIES = {
  "copy:copy": copied,
  "copy:copying_simple": copied,
  "copy:copying_multiple": instruction(Prompt.extend({ N: Positive }), (text, { prompt_to_repeat, N }) => {
    const copies = text.split(SIX_STARS);
    return copies.length === N && copies.every((copy) => bare(copy) === bare(prompt_to_repeat));
  }),
  "new:copy_span_idx": instruction(
    Prompt.extend({ n_start: Positive, n_end: Positive }),
    (text, { prompt_to_repeat, n_start, n_end }) =>
      bare(text) === bare(Array.from(prompt_to_repeat).slice(n_start, n_end).join("")),
  ),
  "combination:repeat_prompt": instruction(Prompt, (text, kwargs) =>
    bare(text).startsWith(bare(kwargs.prompt_to_repeat)),
  ),
  "combination:two_responses": instruction(None, (text) => {
    const parts = text.split(SIX_STARS).map(pythonStrip);
    if (parts.slice(1, -1).includes("")) return false;
    const responses = parts.filter((part) => part !== "");
    return responses.length === 2 && responses[0] !== responses[1];
  }),
  "copy:repeat_phrase": instruction(z.strictObject({ phrase: Phrase, small_n: Positive }), (text, kwargs) => {
    const wanted = pythonWords(kwargs.phrase);
    const found = phrasesFrom(text, wanted[0] ?? "", wanted.at(-1) ?? "");
    const changes = found.map((phrase) => changedWords(pythonWords(phrase), wanted));
    // IFEval asks the last one alone to be changed.
    return found.length === kwargs.small_n && changes.every((count) => count <= 1) && changes.at(-1) === 1;
  }),
};

/** Parts of a line from one word to the next occurrence of another. */
function phrasesFrom(text: string, first: string, last: string): string[] {
  const phrases: string[] = [];
  for (const line of text.split("\n")) {
    let start = line.indexOf(`${first} `);
    while (start >= 0) {
      const end = line.indexOf(` ${last}`, start + first.length + 1);
      if (end < 0) break;
      phrases.push(line.slice(start, end + 1 + last.length));
      start = line.indexOf(`${first} `, end + 1 + last.length);
    }
  }
  return phrases;
}

function changedWords(words: readonly string[], wanted: readonly string[]): number {
  if (words.length !== wanted.length) return Infinity;
  return words.filter((word, i) => word !== wanted[i]).length;
}
