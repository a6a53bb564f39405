import { dictionary, list, model, required, text } from "./fields.ts";
import type { StdioCase } from "./eval-result.ts";
import { badValue, type Problem, pydanticProblem, unprocessable } from "./refusal.ts";

const LOC = ["body", "config", "provided_data", "test"] as const;
const MAX_CASES = 10_000;
/** Characters of a text that is shown in part, and what stands in its middle. */
const SHOWN = 1000;
const GAP = "...";

const readCases = list(model({ input: required(dictionary(text)), output: required(dictionary(text)) }), MAX_CASES);

/**
 * The cases of a row. Throws 422 unless there is one at least: of none, all are passed. Every case has `input.stdin` and
 * `output.stdout`.
 */
export function stdioCases(value: unknown): StdioCase[] {
  const problems: Problem[] = [];
  const cases = readCases(value, LOC, problems)?.map(({ input, output }, at) => {
    requireKey(input, "stdin", [...LOC, at, "input"], problems);
    requireKey(output, "stdout", [...LOC, at, "output"], problems);
    return { input: Object.fromEntries(input), output: Object.fromEntries(output) };
  });
  if (!cases || problems.length > 0) throw unprocessable(problems);
  if (cases.length === 0) throw badValue(LOC, "a row without cases would accept anything", []);
  return cases;
}

function requireKey(map: ReadonlyMap<string, string>, key: string, loc: Problem["loc"], problems: Problem[]): void {
  if (map.has(key)) return;
  const input = Object.fromEntries(map);
  problems.push(pydanticProblem({ type: "missing", loc: [...loc, key], msg: "Field required", input }));
}

/** A case for showing: long texts without their middle. */
export function shortened({ input, output }: StdioCase): StdioCase {
  return { input: shortenAll(input), output: shortenAll(output) };
}

function shortenAll(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, shorten(value)]));
}

function shorten(value: string): string {
  if (value.length <= SHOWN) return value;
  const kept = Math.floor((SHOWN - GAP.length) / 2);
  // Twice as many units as characters are enough; the original counts characters.
  const isShort = value.length <= 2 * SHOWN && Array.from(value).length <= SHOWN;
  if (isShort) return value;
  const head = Array.from(value.slice(0, 2 * kept)).slice(0, kept);
  const tail = Array.from(value.slice(-2 * kept)).slice(-kept);
  return head.join("") + GAP + tail.join("");
}
