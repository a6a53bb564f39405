import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detectLanguage } from "../../environments/instruction_following/text/language.ts";
import { punktSentences } from "../../environments/instruction_following/text/punkt.ts";
import { splitSentences } from "../../environments/instruction_following/text/split-sentences.ts";
import { wordTokens } from "../../environments/instruction_following/text/word-tokens.ts";
import { judge, message } from "./support.ts";

/**
 * Random rows and texts of ours, with what the code of NeMo Gym 0.7.0 (mcqa, string_match, and its copy of IFEval), NLTK
 * 3.10.4 and langdetect 1.0.9 made of them. For languages, texts on which langdetect agreed with itself under 15 seeds.
 */
interface Vectors {
  readonly mcqa: readonly Judged[];
  readonly string_match: readonly Judged[];
  readonly instruction_following: readonly Judged[];
  readonly sentences: readonly { text: string; sentences: string[]; words: string[]; ifeval: string[] }[];
  readonly languages: readonly { text: string; language: string }[];
}

interface Judged {
  readonly row: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly reward: number;
  /** Null also where the vector says nothing about it. */
  readonly answer: string | null;
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "gym-vectors.json"), "utf8")) as Vectors;

describe("as Gym's own code has it", () => {
  it.each(["mcqa", "string_match", "instruction_following"] as const)("%s rewards", async (name) => {
    const different = [];
    for (const { row, text, reward, answer } of vectors[name]) {
      const verdict = await judge(name, row, message(text));
      const same = verdict.reward === reward && (answer === null || verdict.answer === answer);
      if (!same) different.push({ row, text, reward, answer, verdict });
    }
    expect(different).toEqual([]);
    expect(vectors[name].filter(({ reward }) => reward > 0).length).toBeGreaterThan(20);
  });

  it("sentences and words", () => {
    for (const { text, sentences, words, ifeval } of vectors.sentences) {
      expect({ text, sentences: punktSentences(text) }).toEqual({ text, sentences });
      expect({ text, words: wordTokens(text) }).toEqual({ text, words });
      expect({ text, ifeval: splitSentences(text) }).toEqual({ text, ifeval });
    }
  });

  it("languages", () => {
    const different = vectors.languages.filter(({ text, language }) => detectLanguage(text) !== language);
    expect(different).toEqual([]);
  });
});
