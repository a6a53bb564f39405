import { expect, test } from "vitest";
import { jobBody } from "./job-body.ts";

test("rows are untouched text, what is not given is left out", () => {
  const rows = ['{"n":12345678901234567890,"f":0.0, "a" : null,"a":1}', '{"s":"\\ud800"}'];
  expect(jobBody({ environment: "math", rows, repeats: 4, sampling: { temperature: 0.5, top_p: undefined } })).toBe(
    `{"environment":"math","tasks":{"rows":[${rows.join(",")}]},"repeats":4,"sampling":{"temperature":0.5}}`,
  );
});

test("a dataset's tasks", () => {
  const request = { environment: "e", rows: null, model: "m", taskIds: ["a"], limit: 1, onTruncated: { value: 0 } };
  expect(jobBody(request)).toBe(
    '{"environment":"e","model":"m","tasks":{"task_ids":["a"],"limit":1},"on_truncated":{"value":0}}',
  );
});
