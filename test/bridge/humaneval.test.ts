import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judgeAll } from "./support.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/humaneval/HumanEval.jsonl");

interface Row {
  readonly task_id: string;
  readonly prompt: string;
  readonly entry_point: string;
  readonly canonical_solution: string;
  readonly test: string;
}

describe.skipIf(!existsSync(DATA))("HumanEval (needs ../shared/data)", () => {
  it("passes every canonical solution and no stub", async () => {
    const lines = readFileSync(DATA, "utf8").split("\n").filter(Boolean);
    const rows = lines.map((line) => JSON.parse(line) as Row);
    const judgeWith = (body: (row: Row) => string) =>
      judgeAll(
        rows.map((row) => ({
          candidate: row.prompt + body(row),
          tests: row.test,
          options: { kind: "check", entry_point: row.entry_point, context: row.prompt },
        })),
      );
    const passed = async (body: (row: Row) => string) => {
      const reports = await judgeWith(body);
      return rows.filter((_, number) => reports[number]?.tests[0]?.status === "passed").map((row) => row.task_id);
    };
    const canonical = await passed((row) => row.canonical_solution);
    const stubs = await passed(() => "    return None\n");
    process.stdout.write(`HumanEval: ${canonical.length} of ${rows.length} solutions pass, ${stubs.length} stubs\n`);
    expect(canonical).toEqual(rows.map((row) => row.task_id));
    expect(stubs).toEqual([]);
  });
});
