import { expect, test } from "vitest";
import { splitLines } from "./split-lines.ts";

async function split(...chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  async function* source() {
    for (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  }
  const lines: string[] = [];
  for await (const line of splitLines(source())) lines.push(line);
  return lines;
}

test("lines come whole, wherever the chunks end", async () => {
  const bytes = Buffer.from('{"a":"é"}\n{"b":1}\n');
  for (let at = 0; at <= bytes.length; at++) {
    expect(await split(bytes.subarray(0, at), bytes.subarray(at))).toEqual(['{"a":"é"}', '{"b":1}']);
  }
});

test("the last line needs no end, and empty ones are none", async () => {
  expect(await split("a\n\n", "\nb", "c")).toEqual(["a", "bc"]);
  expect(await split()).toEqual([]);
});
