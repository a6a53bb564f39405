import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineResource, type ResourceDefinition } from "./definition.ts";
import { parseRow, promptedRow, readRow } from "./row.ts";
import { toolDeclarations } from "./tool-declarations.ts";

const asks = defineResource({
  row: z.looseObject({ question: z.string() }),
  prompt: ({ question }) => ({ input: [{ role: "user", content: question }] }),
  verify: () => Promise.reject(new Error("not asked")),
}) as unknown as ResourceDefinition;

describe("promptedRow", () => {
  it("adds what the model is asked, and keeps the rest of the text", () => {
    const row = promptedRow(asks, [], readRow(' { "question": "1\\u00b2?", "big": 12345678901234567890 }', 1));
    expect(JSON.parse(row.raw)).toEqual(row.value);
    expect(row.value["responses_create_params"]).toEqual({ input: [{ role: "user", content: "1²?" }] });
    expect(row.raw).toContain('"question": "1\\u00b2?", "big": 12345678901234567890 }');
    expect(parseRow(asks, row.value, 1)).toMatchObject({ question: "1²?" });
  });

  it("declares the resource's tools where the prompt names none", () => {
    const run = () => Promise.reject(new Error("not called"));
    const tools = toolDeclarations({ tools: { add: { description: "Add", arguments: z.object({}), run } } });
    const row = promptedRow(asks, tools, readRow('{"question": "?"}', 1));
    expect(JSON.parse(row.raw)).toMatchObject({ responses_create_params: { tools } });
    const bare = { ...asks, prompt: () => ({ input: "?", tools: [] }) };
    const undeclared = promptedRow(bare, tools, readRow('{"question": "?"}', 1));
    expect(undeclared.value["responses_create_params"]).toEqual({ input: "?", tools: [] });
  });

  it("leaves rows that say it themselves", () => {
    const row = readRow('{"question": "?", "responses_create_params": {"input": "own"}}', 1);
    expect(promptedRow(asks, [], row)).toBe(row);
  });

  it("leaves what does not fit to the error that names it", () => {
    const row = readRow("{}", 7);
    expect(promptedRow(asks, [], row)).toBe(row);
    expect(() => parseRow(asks, row.value, 7)).toThrow(/question/);
    const { prompt: _, ...silent } = asks;
    expect(() => parseRow(silent, readRow('{"question": "?"}', 7).value, 7)).toThrow(/responses_create_params/);
  });
});
