import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineResource, type ResourceDefinition } from "./definition.ts";
import { parseRow, promptedRow, readRow } from "./row.ts";

const asks = defineResource({
  row: z.looseObject({ question: z.string() }),
  prompt: ({ question }) => ({ input: [{ role: "user", content: question }] }),
  verify: () => Promise.reject(new Error("not asked")),
}) as unknown as ResourceDefinition;

describe("promptedRow", () => {
  it("adds what the model is asked, and keeps the rest of the text", () => {
    const row = promptedRow(asks, readRow(' { "question": "1\\u00b2?", "big": 12345678901234567890 }', 1));
    expect(JSON.parse(row.raw)).toEqual(row.value);
    expect(row.value["responses_create_params"]).toEqual({ input: [{ role: "user", content: "1²?" }] });
    expect(row.raw).toContain('"question": "1\\u00b2?", "big": 12345678901234567890 }');
    expect(parseRow(asks, row.value, 1)).toMatchObject({ question: "1²?" });
  });

  it("leaves rows that say it themselves", () => {
    const row = readRow('{"question": "?", "responses_create_params": {"input": "own"}}', 1);
    expect(promptedRow(asks, row)).toBe(row);
  });

  it("leaves what does not fit to the error that names it", () => {
    const row = readRow("{}", 7);
    expect(promptedRow(asks, row)).toBe(row);
    expect(() => parseRow(asks, row.value, 7)).toThrow(/question/);
    const { prompt: _, ...silent } = asks;
    expect(() => parseRow(silent, readRow('{"question": "?"}', 7).value, 7)).toThrow(/responses_create_params/);
  });
});
