import type { Row } from "../port.ts";
import type { Submission } from "../../verification/index.ts";

/** Shorter texts are everywhere by chance. */
const LEAST_CHARACTERS = 8;
const LEAST_DIFFERENT = 4;
const MOST_SECRETS = 48;
const MOST_CHARACTERS = 256;

/** Texts of a program's tests that only the tests may know: neither the prompt nor an input has them. */
export function secretsOf(row: Row, submission: Submission): string[] {
  const prompt = strings(row.value["responses_create_params"]).join("\n");
  const { tests } = submission;
  const given = tests.kind === "cases" ? tests.cases.map(({ input }) => input) : [];
  const known = [prompt, ...given].join("\n");
  const candidates =
    tests.kind === "cases"
      ? tests.cases.flatMap(({ expected }) => parts(expected))
      : [...assertionsIn(tests.source), ...(tests.asserts ?? [])].map((line) => line.trim());
  const secrets = candidates
    .map((text) => text.slice(0, MOST_CHARACTERS))
    .filter((text) => text.length >= LEAST_CHARACTERS && new Set(text).size >= LEAST_DIFFERENT)
    .filter((text) => !known.includes(text));
  return [...new Set(secrets)].sort((a, b) => b.length - a.length).slice(0, MOST_SECRETS);
}

/** The text, and its longest line, without blanks at the ends. */
function parts(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const longest = lines.reduce((best, line) => (line.length > best.length ? line : best), "");
  return [text.trim(), longest];
}

function assertionsIn(source: string): string[] {
  return source.split("\n").filter((line) => line.includes("assert"));
}

/** Every string in a JSON value. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(strings);
}
