import { describe, expect, it } from "vitest";
import { INSTRUCTIONS } from "../../environments/instruction_following/checks/index.ts";
import { judge, message } from "./support.ts";

const SIZE = 100_000;
const many = (text: string) => text.repeat(Math.ceil(SIZE / text.length));

/** Texts that make careless patterns and loops take for ever. */
const TEXTS: readonly string[] = [
  many("a"),
  many("9"),
  many(" "),
  many("\n"),
  many("."),
  many(". "),
  many("!"),
  many("["),
  many("<<"),
  many("*"),
  many("* "),
  many("\n*"),
  many("-"),
  many("'"),
  many('"'),
  many("\\boxed{"),
  `${many("\\boxed{")}${many("}")}`,
  many("\\text{"),
  `\\boxed{${many("\\text{")}x${many("}")}}`,
  many("\\te\\text{xt{"),
  many("answer"),
  many("answer:"),
  many("answer : "),
  many("final answer"),
  many("Answer: A/"),
  many("A or "),
  many("a@a"),
  many("http://"),
  many("1,"),
  many("1_"),
  many("e.g. "),
  many("Dance "),
  many("😀"),
  many("\u0000"),
  many("\ud800"),
  many("\udc00x"),
  many("{"),
  many('[{"a":'),
  many("İ"),
  many("ß \u0345"),
];

/** Arguments under which every instruction can be asked for. */
const KWARGS: Readonly<Record<string, object>> = {
  "keywords:existence": { keywords: ["cat"] },
  "keywords:frequency": { keyword: "cat", frequency: 1, relation: "at least" },
  "keywords:word_count_different_numbers": { keyword: "cat", frequency: 1, relation: "at least" },
  "keywords:forbidden_words": { forbidden_words: ["cat"] },
  "keywords:word_once": { keyword: "cat" },
  "count:count_increment_word": { keyword1: "cat", keyword2: "dog" },
  "keywords:exclude_word_harder": { keyword: "cat" },
  "keywords:keyword_specific_position": { keyword: "cat", n: 2, m: 2 },
  "length_constraints:number_words": { num_words: 3, relation: "at least" },
  "length_constraints:number_sentences": { num_sentences: 3, relation: "at least" },
  "length_constraints:number_paragraphs": { num_paragraphs: 3 },
  "length_constraints:nth_paragraph_first_word": { num_paragraphs: 3, nth_paragraph: 2, first_word: "a" },
  "count:counting_composition": { n_sent: 2, n_words: 2 },
  "count:lowercase_counting": { N: 2 },
  "keywords:letter_frequency": { letter: "a", let_frequency: 2, let_relation: "at least" },
  "letters:letter_counting2": { letter: "a", let_frequency: 2, let_relation: "at least" },
  "letters:letter_counting": { N: 2, relation: "at least" },
  "change_case:capital_word_frequency": { capital_frequency: 2, capital_relation: "at least" },
  "language:response_language": { language: "fr" },
  "detectable_format:number_bullet_lists": { num_bullets: 2 },
  "detectable_format:number_highlighted_sections": { num_highlights: 2 },
  "detectable_content:number_placeholders": { num_placeholders: 2 },
  "detectable_format:multiple_sections": { section_spliter: "Section", num_sections: 2 },
  "detectable_content:postscript": { postscript_marker: "P.S." },
  "startend:end_checker": { end_phrase: "cat" },
  "copy:copy": { prompt_to_repeat: "cat" },
  "copy:copying_simple": { prompt_to_repeat: "cat" },
  "copy:copying_multiple": { prompt_to_repeat: "cat", N: 2 },
  "new:copy_span_idx": { prompt_to_repeat: "cats", n_start: 1, n_end: 2 },
  "combination:repeat_prompt": { prompt_to_repeat: "cat" },
  "copy:repeat_phrase": { phrase: "Dance like nobody", small_n: 2 },
  "first_word:first_word_sent": { first_word: "cat" },
  "first_word:first_word_answer": { first_word: "cat" },
  "last_word:last_word_sent": { last_word: "cat" },
  "last_word:last_word_answer": { last_word: "cat" },
};

/** Longest time a text may take; far above what is needed, since the machine may be busy. */
const LIMIT_MS = 10_000;

async function timed(name: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  for (const text of TEXTS) {
    const started = performance.now();
    const verdict = await judge(name, row, message(text));
    const took = performance.now() - started;
    const what = `${name} ${JSON.stringify(row).slice(0, 100)} on ${JSON.stringify(text.slice(0, 20))}…`;
    expect(Number.isFinite(verdict.reward), what).toBe(true);
    expect(took, what).toBeLessThan(LIMIT_MS);
  }
}

const options = [{ A: "a" }, { B: "9" }, { C: "answer" }];

describe("texts of 100 KB that are made to be slow are judged in bounded time", () => {
  it.each(["strict_single_letter_boxed", "lenient_boxed", "lenient_answer_colon", "lenient_answer_colon_md"])(
    "mcqa %s",
    async (grading_mode) => {
      const template_metadata = { answer_prefix: "answer" };
      await timed("mcqa", { options, expected_answer: "A", grading_mode, template_metadata });
    },
  );

  it.each(["boxed", "final_answer", "last_line", "full_response"])("string_match %s", async (extraction_mode) => {
    for (const expected_answer of ["9", "\\text{a}"]) await timed("string_match", { expected_answer, extraction_mode });
  });

  it("google_search", () => timed("google_search", { expected_answer: "A" }));

  it("xlam_fc", async () => {
    const row = { expected_answers: [{ name: "f", arguments: { a: 1 } }] };
    await timed("xlam_fc", row);
    for (const text of TEXTS) {
      const calls = Array.from({ length: 20 }, () => ({ type: "function_call", name: "f", arguments: text }));
      expect((await judge("xlam_fc", row, calls)).reward).toBe(0);
    }
  });

  it.each(Array.from(INSTRUCTIONS.keys()))("instruction_following %s", (id) =>
    timed("instruction_following", { instruction_id_list: [id], kwargs: [KWARGS[id] ?? {}] }),
  );
});

describe("a row's own pattern that does not end on an answer", () => {
  const text = `${"a".repeat(SIZE)}!`;

  it("costs the answer its reward and nobody a mask (mcqa)", async () => {
    const row = { options, expected_answer: "A", template_metadata: { output_regex: "(?:a+)+$" } };
    const verdict = await judge("mcqa", row, message(`${text} \\boxed{A}`));
    expect(verdict).toMatchObject({ reward: 0, status: "failed", reason: "time_limit" });
  });

  it("counts as an instruction that is not followed", async () => {
    const ids = ["keywords:existence", "punctuation:no_comma"];
    const row = { instruction_id_list: ids, kwargs: [{ keywords: ["(a+)+$"] }, {}], grading_mode: "fraction" };
    const verdict = await judge("instruction_following", row, message(text));
    expect(verdict).toMatchObject({ reward: 0.5, status: "failed", reason: "time_limit" });
  });
});
