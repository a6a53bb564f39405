import { describe, expect, it } from "vitest";
import { ids, promptById, prompts } from "./prompts.ts";
import { readPromptById, readPrompts } from "./requests.ts";

const auto = (config: object) => ({
  dataset: "d",
  config: { dataset_type: "AutoEvalDataset", locale: "en", ...config },
});

function promptOf(config: object): string {
  const request = auto(config);
  const [first] = JSON.parse(prompts(readPrompts(request), JSON.stringify(request))) as { prompt: string }[];
  return first?.prompt ?? "";
}

describe("prompts", () => {
  const row = { id: 1, content: "Q?", labels: { context: "CTX", fewshot: "FEW" } };

  it("put context and examples before the question", () => {
    expect(promptOf({ provided_data: [{ ...row, labels: {} }] })).toBe("Q?");
    expect(promptOf({ provided_data: [row] })).toBe("CTX\n\nQuestion:Q?\n\nAnswer:\n");
    expect(promptOf({ provided_data: [row], is_fewshot: true })).toBe(
      "CTX\n\n----------------\n\nFEW\n\nQuestion:Q?\n\nAnswer:\n",
    );
    expect(() => promptOf({ provided_data: [{ ...row, labels: {} }], is_fewshot: true })).toThrow(
      "Missing fewshot for id 1",
    );
  });

  it("fill a template as Python's does", () => {
    const extra = { prompt_template: "<$question|${locale}|$$|$unknown|$5>" };
    expect(promptOf({ provided_data: [row], extra })).toBe("<Q?|en|$|$unknown|$5>");
  });

  it("give ids and labels back as they came", () => {
    const body =
      '{"dataset":"d","config":{"dataset_type":"CommonOJDataset","language":"python","provided_data":[{"id":12345678901234567890,"content":"c","labels":"{\\"x\\":1.0}"}]}}';
    const request = JSON.parse(body) as unknown;
    expect(ids(readPrompts(request), body)).toBe("[12345678901234567890]");
    expect(prompts(readPrompts(request), body)).toMatch(
      /^\[\{"id":12345678901234567890,"prompt":".*","labels":\{"x":1\.0\}\}\]$/,
    );
  });

  it("refuse rows in the wrong number", () => {
    const one = { ...auto({ provided_data: row }), id: 1 };
    expect(JSON.parse(promptById(readPromptById(one), JSON.stringify(one)))).toMatchObject({ id: 1 });
    expect(() => promptOf({ provided_data: row })).toThrow("should be a list");
    expect(() => promptOf({})).toThrow("not stored here");
  });
});
