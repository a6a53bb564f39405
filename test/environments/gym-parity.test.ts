import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OutputItem } from "../../src/contract/responses.ts";
import { judge } from "./support.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/gym");

interface Recorded {
  readonly response: { readonly output: OutputItem[] };
  readonly reward: number;
  readonly extracted_answer?: string | null;
  readonly parsed_option?: string;
  readonly follow_instruction_list?: readonly boolean[];
  readonly num_correct?: number;
}

interface Recording {
  readonly environment: string;
  readonly rows: string;
  readonly rollouts: string;
  /** Recorded line → row; rollouts are recorded in completion order. */
  readonly rowOf: readonly number[];
  /** Makes a right response wrong. */
  readonly spoil: (text: string) => string;
  /** Recorded lines on which Gym's own rule has changed since: what it gives now. docs/gym-parity.md tells why. */
  readonly changed?: Readonly<Record<number, number>>;
}

const RECORDINGS: readonly Recording[] = [
  {
    environment: "mcqa",
    rows: "example.jsonl",
    rollouts: "example_rollouts.jsonl",
    rowOf: [2, 4, 1, 3, 0],
    spoil: (text) => text.replace(/\\boxed\{.*?\}/gs, "\\boxed{Q}"),
    changed: { 2: 1 },
  },
  {
    environment: "mcqa",
    rows: "example_with_template_metadata.jsonl",
    rollouts: "example_rollouts_with_template_metadata.jsonl",
    rowOf: [0, 4, 2, 3, 1],
    spoil: (text) => text.replace(/(?<=[:{ ])[A-J](?=\}*\s*$)/, "Q"),
  },
  {
    environment: "string_match",
    rows: "example.jsonl",
    rollouts: "example_rollouts.jsonl",
    rowOf: [0, 3, 4, 2, 1],
    spoil: (text) => text.replace(/Paris|15|Pacific Ocean|Saturn|80/g, "Elsewhere"),
  },
  {
    environment: "instruction_following",
    rows: "example.jsonl",
    rollouts: "example_rollouts.jsonl",
    rowOf: [1, 4, 2, 0, 3],
    spoil: (text) => text.replace("***", "").replaceAll("[", "("),
  },
  {
    environment: "xlam_fc",
    rows: "example.jsonl",
    rollouts: "example_rollouts.jsonl",
    rowOf: [1, 4, 0, 3, 2],
    spoil: (text) => text.replace(/98765|ethereum|beta/, "other"),
  },
  {
    environment: "google_search",
    rows: "example.jsonl",
    rollouts: "example_rollouts.jsonl",
    rowOf: [4, 0, 2, 1, 3],
    spoil: (text) => text.replace(/\\boxed\{.*?\}/g, "\\boxed{Q}"),
  },
];

const lines = (environment: string, name: string) =>
  readFileSync(join(DATA, environment, name), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The last message and all function calls, changed. */
function spoilt(output: readonly OutputItem[], spoil: (text: string) => string): OutputItem[] {
  return output.map((item) => {
    if (item.type === "function_call") return { ...item, arguments: spoil(item["arguments"] as string) };
    if (item.type !== "message") return item;
    const content = item["content"] as { text: string }[];
    return { ...item, content: content.map((part) => ({ ...part, text: spoil(part.text) })) };
  });
}

/** Text of a row's user messages, wherever it stands in them. */
function promptOf(row: Record<string, unknown>): string {
  const { input } = row["responses_create_params"] as { input: string | { role: string; content: unknown }[] };
  if (typeof input === "string") return input;
  const contents = input.filter(({ role }) => role === "user").map(({ content }) => content);
  return contents
    .map((c) => (typeof c === "string" ? c : (c as { text: string }[]).map(({ text }) => text).join("")))
    .join("");
}

describe.skipIf(!existsSync(DATA))("NeMo Gym's recorded rollouts (needs ../shared/data)", () => {
  it.each(RECORDINGS)("$environment $rollouts", async ({ environment, rows, rollouts, rowOf, spoil, changed }) => {
    const tasks = lines(environment, rows);
    const recorded = lines(environment, rollouts);
    expect(recorded).toHaveLength(5);
    for (const [index, line] of recorded.entries()) {
      const row = tasks[rowOf[index] ?? -1] ?? {};
      expect(promptOf(row)).toBe(promptOf(line));
      const { response, ...was } = line as unknown as Recorded;
      const verdict = await judge(environment, row, response.output);
      const where = `${environment} ${rollouts} line ${index + 1}`;
      expect(verdict.reward, where).toBe(changed?.[index] ?? was.reward);
      if (changed?.[index] !== undefined) expect(changed[index], where).not.toBe(was.reward);
      else if (was.extracted_answer !== undefined) expect(verdict.answer, where).toBe(was.extracted_answer);
      if (was.num_correct !== undefined) expect(verdict.metrics?.["num_correct"], where).toBe(was.num_correct);
      if (was.follow_instruction_list) {
        const followed = Object.values(verdict.reward_components ?? {}).map((kept) => kept === 1);
        expect(followed, where).toEqual(was.follow_instruction_list);
      }
      // Gym writes the box of a Python list's text, in which a backslash is doubled.
      if (was.parsed_option !== undefined)
        expect(verdict.answer, where).toBe(was.parsed_option.replaceAll("\\\\", "\\"));
      if (verdict.reward === 0) continue;
      const twin = await judge(environment, row, spoilt(response.output, spoil));
      expect(twin, `${where}, spoilt`).toMatchObject({ reward: 0, status: "failed" });
    }
  });
});
