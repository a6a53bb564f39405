import { defineResource, judgedText, type OutputItem } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";

/** NeMo Gym's google_search row. */
const GoogleSearchRow = z.looseObject({
  expected_answer: z.string().min(1, "must not be empty"),
  task_difficulty_qwen3_32b_avg_8: z.number().nullish(),
});

const ABSENT = "this environment has no search engine and no access to the internet";

export default defineResource({
  row: GoogleSearchRow,

  // In the words in which NeMo Gym's tools report that a request failed.
  tools: {
    search: {
      description: "Search the web. Answers an error: there is no search engine.",
      arguments: z.looseObject({ query: z.string() }),
      run: async () => JSON.stringify({ search_results: `Error: Unexpected error - ${ABSENT}` }),
    },
    browse: {
      description: "Text of a web page. Answers an error: there is no access to the internet.",
      arguments: z.looseObject({ url: z.string() }),
      run: async () => JSON.stringify({ page_content: `Error: Unexpected error = ${ABSENT}` }),
    },
  },

  verify: async (_ctx, { row, response }): Promise<Verdict> => {
    const option = firstBoxed(response.output.at(-1));
    const passed = option === row.expected_answer;
    const message = option === null ? "the last message has no \\boxed{}" : `the answer is ${JSON.stringify(option)}`;
    return judgedText({ reward: passed ? 1 : 0, passed, message, answer: option });
  },
});

/**
 * What stands between the first `\boxed{` of the assistant's last message and the next brace that closes. Nested braces
 * are not counted, as in NeMo Gym: `\boxed{\text{B}}` is not B.
 */
function firstBoxed(item: OutputItem | undefined): string | null {
  if (item?.type !== "message" || item["role"] !== "assistant") return null;
  const content = Array.isArray(item["content"]) ? (item["content"] as ({ text?: unknown } | null)[]) : [];
  const text = content.map((part) => (typeof part?.text === "string" ? part.text : "")).join("");
  const start = text.indexOf("\\boxed{");
  const end = start < 0 ? -1 : text.indexOf("}", start);
  return end < 0 ? null : text.slice(start + "\\boxed{".length, end);
}
