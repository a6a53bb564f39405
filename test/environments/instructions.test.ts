import { describe, expect, it } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { INSTRUCTIONS } from "../../environments/instruction_following/checks/index.ts";
import resource from "../../environments/instruction_following/resource.ts";

/** Instruction, arguments, texts that follow it, texts that do not. By the rules of IFEval as Gym extends it. */
const CASES: readonly [string, object, string[], string[]][] = [
  ["copy:copy", { prompt_to_repeat: "Hi There" }, [" hi there\n"], ["hi there!", ""]],
  ["copy:copying_simple", { prompt_to_repeat: "Hi There" }, ["HI THERE"], ["hi"]],
  ["copy:copying_multiple", { prompt_to_repeat: "a b", N: 2 }, ["a b ****** A B"], ["a b", "a b******a b******a b"]],
  ["new:copy_span_idx", { prompt_to_repeat: "0😀2345", n_start: 1, n_end: 3 }, ["😀2"], ["😀23", "2"]],
  [
    "copy:repeat_phrase",
    { phrase: "Time flies when having fun", small_n: 2 },
    // IFEval lets all but the last go unchanged.
    [
      "Time flies when having fun. Time flies while having fun",
      "Time crawls when having fun Time flies when seeking fun",
    ],
    ["Time flies while having fun", "Time a b having fun Time flies while having fun", "Time flies while\nhaving fun"],
  ],
  ["detectable_format:sentence_hyphens", {}, ["One.-Two.", "no dots at all"], ["One. -Two.", "One-half.-Two."]],
  ["keywords:no_adjacent_consecutive", {}, ["a c e", "b a", ""], ["a b", "Xray yes", "İ a"]],
  ["detectable_format:square_brackets", {}, ["[a] [b]", ""], ["[a] b", "[a b]"]],
  ["keywords:word_once", { keyword: "cat" }, ["concatenate"], ["cat Cat", "dog"]],
  ["keywords:word_count_different_numbers", { keyword: "a", frequency: 2, relation: "at least" }, ["aA"], ["a"]],
  ["keywords:exclude_word_harder", { keyword: "cat" }, ["cat", "a Cat b", "a cat, b"], ["a cat b"]],
  ["paragraphs:paragraphs", {}, ["a *** b", "***a***b***"], ["a", "a *** *** b", "a***b***c"]],
  ["paragraphs:paragraphs2", {}, ["a\n\nb", "\n\na\n\nb"], ["a\nb", "a\n\n \n\nb"]],
  ["first_word:first_word_sent", { first_word: "Ha" }, ["ha one. Ha two!", ""], ["ha one. But two.", "haha"]],
  ["first_word:first_word_answer", { first_word: "Ha" }, [" HA x"], ["ha, one", ""]],
  ["last_word:last_word_sent", { last_word: "end" }, ["the end. An END!"], ["the end. No.", "! the end"]],
  ["last_word:last_word_sent", { last_word: ["end", "x"] }, ["the end."], ["the x."]],
  ["last_word:last_word_answer", { last_word: "end" }, ["the «end»!"], ["the end of it", "", " "]],
  ["detectable_format:bigram_wrapping", {}, ["<<a b>> <<c d>>", "<<a b>> c", "a"], ["<<a b>> c d", "a b"]],
  ["punctuation:punctuation_dot", {}, ["a!"], ["a.b"]],
  ["punctuation:punctuation_exclamation", {}, ["a."], ["a!"]],
  ["count:lowercase_counting", { N: 2 }, ["one Two three", "a1 b_c éa"], ["one two three", "a-b c"]],
  ["letters:letter_counting", { N: 3, relation: "less than" }, ["ab1é"], ["abc"]],
  ["letters:letter_counting2", { letter: "E", let_frequency: 2, let_relation: "at least" }, ["eE"], ["e", "éé"]],
  [
    "count:counting_composition",
    { n_sent: 1, n_words: 3 },
    ["a b c *** d e f *** g h."],
    ["a b c *** d e f", "a *** b *** c"],
  ],
  ["count:count_unique", {}, ["a A", ""], ["a b a", "a, b, c"]],
  [
    "count:count_increment_word",
    { keyword1: "cat", keyword2: ["dog"] },
    ["cat dog DOG"],
    ["cat dog", "cat cat dog dog", "cat dog dog dog"],
  ],
  ["keywords:palindrome", {}, ["see level", "a"], ["ab cd", "Anna", ""]],
  [
    "keywords:keyword_specific_position",
    { keyword: "cat", n: 2, m: 3 },
    ["Hi. A big cat."],
    ["Hi. A big Cat.", "A big cat."],
  ],
  ["keywords:start_end", {}, ["Again and again"], ["again and again.", "again", ""]],
  [
    "change_case:english_lowercase",
    {},
    ["the last reader leaves the hall at nine"],
    ["The last reader", "der letzte leser verlässt die bibliothek"],
  ],
  [
    "change_case:english_capital",
    {},
    ["THE LIFT IS OUT OF ORDER TODAY. PLEASE TAKE THE STAIRS ON THE LEFT SIDE OF THE HALL."],
    ["THE x", ""],
  ],
  [
    "language:response_language",
    { language: "sw" },
    ["Maktaba hufunguliwa saa tatu asubuhi na kufungwa jioni.", "12"],
    ["The library opens at nine."],
  ],
  ["combination:repeat_prompt", { prompt_to_repeat: "Say it. " }, ["say IT. Yes."], ["Yes. Say it."]],
];

describe("instructions", () => {
  it("are the 54 that Gym knows", () => expect(INSTRUCTIONS.size).toBe(54));

  it.each(CASES)("%s %j", async (id, kwargs, follow, break_) => {
    const { row } = resource;
    expect(row.safeParse({ instruction_id_list: [id], kwargs: [kwargs] }).error).toBeUndefined();
    for (const text of follow) {
      expect(await INSTRUCTIONS.get(id)?.follows(rootContext(), text, kwargs), JSON.stringify(text)).toBe(true);
    }
    for (const text of break_) {
      expect(await INSTRUCTIONS.get(id)?.follows(rootContext(), text, kwargs), JSON.stringify(text)).toBe(false);
    }
  });
});

describe("rows", () => {
  const problems = (row: object) =>
    (resource.row.safeParse(row).error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`);

  it("name what is wrong with them", () => {
    expect(problems({ instruction_id_list: ["no:such"], kwargs: [{}] })).toEqual([
      'instruction_id_list.0: unknown instruction "no:such"',
    ]);
    expect(
      problems({ verifier_metadata: { instruction_id_list: ["keywords:frequency"], kwargs: [{ keyword: "(" }] } }),
    ).toEqual([
      expect.stringContaining("verifier_metadata.kwargs.0.keyword: is no keyword"),
      expect.stringContaining("verifier_metadata.kwargs.0.frequency: "),
      expect.stringContaining("verifier_metadata.kwargs.0.relation: "),
    ]);
    expect(problems({ instruction_id_list: ["punctuation:no_comma"], kwargs: [] })).toEqual([
      "kwargs: has 0 entries for 1 instructions",
    ]);
    expect(problems({ instruction_id_list: [], kwargs: [] })).toEqual([
      "instruction_id_list: must name an instruction",
    ]);
    expect(problems({ instruction_id_list: ["punctuation:no_comma"], kwargs: [{ x: 1 }] })).toHaveLength(1);
    expect(
      problems({ instruction_id_list: ["language:response_language"], kwargs: [{ language: "tlh" }] }),
    ).toHaveLength(1);
  });

  it("may say null for nothing", () => {
    expect(problems({ instruction_id_list: ["punctuation:no_comma"], kwargs: [null] })).toEqual([]);
    expect(
      problems({ instruction_id_list: ["punctuation:no_comma"], kwargs: [{ x: null }], verifier_metadata: null }),
    ).toEqual([]);
  });
});
