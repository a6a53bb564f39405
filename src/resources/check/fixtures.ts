import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { OutputItem, outputText } from "../../contract/responses.ts";
import { messageOf } from "../../core/errors/sandlot-error.ts";
import type { CaseStatus } from "../../contract/verdict.ts";

/** What a fixture's name promises. */
export const FIXTURE_KINDS = [
  "reference",
  "honest",
  "wrong",
  "crash",
  "loop",
  "memory",
  "flood",
  "hack",
  "empty",
  "garbage",
  "suite",
] as const;
export type FixtureKind = (typeof FIXTURE_KINDS)[number];

/** One prepared answer to a task: `fixtures/<task>/<kind>[-<why>].<extension>`. */
export interface Fixture {
  readonly task: string;
  /** File name without its extension. */
  readonly name: string;
  readonly kind: FixtureKind;
  /** The model's final text. Program files are put into a fence of their language, others are taken as they are. */
  readonly answer: string;
  /** Output items of the response, where a `.json` file gives them; else one message with the answer. */
  readonly output?: readonly OutputItem[];
  /** Source of a program in Python; null for every other answer. */
  readonly python: string | null;
}

const OutputItems = z.array(OutputItem).min(1);

/** What the verdict on a fixture of each kind has to be; `reasons` only where the kind says which failure it is. */
export const EXPECTATIONS: Readonly<
  Record<FixtureKind, { reward: "highest" | "lowest"; reasons?: readonly CaseStatus[] }>
> = {
  reference: { reward: "highest" },
  honest: { reward: "highest" },
  wrong: { reward: "lowest", reasons: ["wrong_answer"] },
  crash: { reward: "lowest", reasons: ["runtime_error", "compile_error"] },
  loop: { reward: "lowest", reasons: ["time_limit"] },
  memory: { reward: "lowest", reasons: ["memory_limit"] },
  flood: { reward: "lowest", reasons: ["output_limit"] },
  hack: { reward: "lowest" },
  empty: { reward: "lowest" },
  garbage: { reward: "lowest" },
  suite: { reward: "lowest" },
};

const FENCES: Readonly<Record<string, string>> = { py: "python", js: "javascript", cpp: "cpp", java: "java" };

/** Every fixture of an environment's folder, by task and name. A file whose kind is unknown is an error. */
export async function readFixtures(environmentFolder: string): Promise<Fixture[]> {
  const root = join(environmentFolder, "fixtures");
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const fixtures: Fixture[] = [];
  for (const task of entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    for (const file of (await readdir(join(root, task))).sort()) {
      const match = /^([a-z]+)(?:-[\w-]+)?\.(\w+)$/.exec(file);
      const kind = FIXTURE_KINDS.find((known) => known === match?.[1]);
      if (!match || !kind)
        throw new Error(`fixtures/${task}/${file}: the name does not start with one of ${FIXTURE_KINDS.join(", ")}`);
      const text = await readFile(join(root, task, file), "utf8");
      const fence = FENCES[match[2] ?? ""];
      const output = match[2] === "json" ? readOutput(text, `fixtures/${task}/${file}`) : null;
      const answer = output ? outputText(output) : fence ? fenced(fence, text) : text;
      const common = { task, name: file.replace(/\.\w+$/, ""), kind, answer };
      fixtures.push({ ...common, python: fence === "python" ? text : null, ...(output ? { output } : {}) });
    }
  }
  return fixtures;
}

function readOutput(text: string, file: string): OutputItem[] {
  try {
    return OutputItems.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file}: not a list of output items: ${messageOf(error)}`, { cause: error });
  }
}

/** A program as a model answers it. */
export function fenced(language: string, program: string): string {
  return `\`\`\`${language}\n${program.trimEnd()}\n\`\`\``;
}

/** Answers that no task accepts. */
export function syntheticFixtures(task: string): Fixture[] {
  const garbage = "I would rather not. ``` ??? ```\n\u0000\ufffd";
  return [
    { task, name: "empty", kind: "empty", answer: "", python: null },
    { task, name: "garbage", kind: "garbage", answer: garbage, python: null },
  ];
}
