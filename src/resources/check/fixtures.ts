import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
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
  const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath !== root);
  const paths = files.map((file) => relative(root, join(file.parentPath, file.name)).split(sep).join("/"));
  return Promise.all(paths.sort().map(async (path) => fixtureOf(path, await readFile(join(root, path), "utf8"))));
}

/** `path`: the task's id, which may have slashes, and the file. */
function fixtureOf(path: string, text: string): Fixture {
  const task = path.slice(0, path.lastIndexOf("/"));
  const match = /^(([a-z]+)(?:-[\w-]+)?)\.(\w+)$/.exec(path.slice(task.length + 1));
  const kind = FIXTURE_KINDS.find((known) => known === match?.[2]);
  if (!match || !kind)
    throw new Error(`fixtures/${path}: the name does not start with one of ${FIXTURE_KINDS.join(", ")}`);
  const fence = FENCES[match[3] ?? ""];
  const output = match[3] === "json" ? readOutput(text, `fixtures/${path}`) : null;
  const answer = output ? outputText(output) : fence ? fenced(fence, text) : text;
  const common = { task, name: match[1] ?? "", kind, answer, python: fence === "python" ? text : null };
  return output ? { ...common, output } : common;
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
