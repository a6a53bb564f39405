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
  const given = tests.kind === "cases" || tests.kind === "checker" ? tests.cases.map(({ input }) => input) : [];
  const known = [prompt, ...given].join("\n");
  const secrets = expectedBy(tests)
    .map((text) => text.slice(0, MOST_CHARACTERS))
    .filter((text) => text.length >= LEAST_CHARACTERS && new Set(text).size >= LEAST_DIFFERENT)
    .filter((text) => !known.includes(text));
  return [...new Set(secrets)].sort((a, b) => b.length - a.length).slice(0, MOST_SECRETS);
}

function expectedBy(tests: Submission["tests"]): string[] {
  switch (tests.kind) {
    case "cases":
      return tests.cases.flatMap(({ expected }) => parts(expected));
    case "checker":
      return tests.cases.flatMap(({ answer }) => (answer === undefined ? [] : parts(answer)));
    case "assertions":
      // In one process with the program, tests cannot hide; a counter-check tells who reads them.
      if (tests.isolation === "shared") return [];
      return [...assertionsIn(tests.source), ...(tests.asserts ?? []).map((line) => line.trim())];
    case "program":
      return assertionsIn(tests.source);
    case "pytest":
      return [];
  }
}

/** The text, and its longest line, without blanks at the ends. */
function parts(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const longest = lines.reduce((best, line) => (line.length > best.length ? line : best), "");
  return [text.trim(), longest];
}

function assertionsIn(source: string): string[] {
  return source
    .split("\n")
    .filter((line) => line.includes("assert"))
    .map((line) => line.trim());
}

/** Every string in a JSON value. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(strings);
}
