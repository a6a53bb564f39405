import { defineResource, judgedText } from "sandlot";
import { z } from "zod";

/** A question, its answer, and the codes of the boxes that it speaks of. */
const Row = z.looseObject({
  question: z.string().min(1),
  answer: z.int(),
  codes: z.record(z.string(), z.int()).default({}),
});

export default defineResource({
  row: Row,

  prompt: ({ question }) => ({ input: question }),

  tools: {
    add: {
      description: "Add two integers",
      arguments: z.object({ a: z.int(), b: z.int() }),
      run: async (_ctx, { arguments: { a, b } }) => String(a + b),
    },

    // No question needs it: what to leave alone is to be learnt, too.
    get_weather: {
      description: "Weather of a city",
      arguments: z.object({ city: z.string() }),
      run: async () => "not found",
    },

    lookup: {
      description: "Find the code of a box",
      arguments: z.object({ box: z.string() }),
      // Names come from the model: `constructor` is no box.
      run: async (_ctx, { row, arguments: { box } }) =>
        Object.hasOwn(row.codes, box) ? `${row.codes[box]}` : "not found",
    },
  },

  // The last number is what the answer comes to. Guessing more of them does not help.
  async verify(_ctx, { row, answer }) {
    const said = answer.match(/-?\d+/g)?.at(-1) ?? null;
    const passed = said !== null && Number(said) === row.answer;
    const message = said === null ? "there is no number in the answer" : `the answer is ${said}`;
    return judgedText({ reward: passed ? 1 : 0, passed, message, answer: said });
  },
});
