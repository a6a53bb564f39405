import { randomInt } from "node:crypto";
import { isJsonObject } from "../../core/json/parse.ts";
import { firstKindOfBlocks } from "./extract-code.ts";
import { withGatheredImports } from "./go-source.ts";
import { column, objectColumn } from "./provided-data.ts";
import { pythonRepr } from "./python-repr.ts";
import { badValue } from "./refusal.ts";
import type { Row, SubmitRequest, TestConfig } from "./requests.ts";

const INSERT = "#<INSERT>";
const FLAG_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const FLAG_LENGTH = 20;

/** A submission that a program judges which is made of it and the row's test: it is accepted when that ends well. */
export interface AutoEvalProgram {
  readonly extractedCode: string;
  readonly fullCode: string;
  /** The dialect's name of the language in which it runs. */
  readonly language: string;
  /** Name to base64, or null. */
  readonly assets: ReadonlyMap<string, string | null>;
  /** Printed at the end of the program, so that one which ends before is not accepted; null: not asked for. */
  readonly flag: string | null;
}

/** Throws 422 for a row that says too little, above all one without a test: it would accept anything. */
export function autoEvalProgram(row: Row, { completion, config }: SubmitRequest): AutoEvalProgram {
  const labels = objectColumn(row, "labels");
  const test = objectColumn(row, "test");
  const programmed = textOf(labels, "labels", "programming_language");
  if (programmed === "java") {
    throw badValue(
      location("labels", "programming_language"),
      "Java is judged by JUnit, which is not there",
      programmed,
    );
  }
  const language =
    labels["execution_language"] === undefined ? programmed : textOf(labels, "labels", "execution_language");
  const testCode = textOf(test, "test", "code");
  if (testCode.trim() === "") throw badValue(location("test", "code"), "an empty test would accept anything", testCode);
  const { extra } = config;
  const code = extractCode(completion, programmed, config);
  const asked = Boolean(extra["append_flag"]) && language === "python";
  const flag = asked ? randomFlag() : null;
  const whole = withTest(code, testCode, Boolean(extra["repr_code"]));
  const program = language === "go" || language === "go_test" ? withGatheredImports(whole) : whole;
  return {
    extractedCode: code,
    fullCode: flag === null ? program : `${program}\n\nprint("${flag}")`,
    language,
    assets: assetsOf(test),
    flag,
  };
}

function extractCode(completion: string, language: string, { extra }: TestConfig): string {
  const blocks = firstKindOfBlocks(completion, language).map(({ code }) => code.replaceAll("\r", ""));
  const mode = extra["autoeval_extract_code_mode"] ?? "first";
  const index = extra["code_block_idx"] ?? null;
  const loc = ["body", "config", "extra"];
  if (mode !== "first" && mode !== "all") {
    throw badValue([...loc, "autoeval_extract_code_mode"], "expected 'first' or 'all'", mode);
  }
  if (index !== null && !Number.isInteger(index)) throw badValue([...loc, "code_block_idx"], "not an integer", index);
  const chosen =
    typeof index === "number" ? (blocks.at(index) ?? "") : mode === "all" ? blocks.join("\n\n") : (blocks[0] ?? "");
  return withoutEntryPoint(chosen, language);
}

/** Without what would run beside the test: the main part of a program and examples of its use. */
function withoutEntryPoint(code: string, language: string): string {
  let rest = code;
  if (language === "python") rest = before(rest, 'if __name__ == "__main__":');
  else if (language === "cpp") rest = before(rest, "int main()");
  else if (language === "go") rest = rest.replaceAll("package main", "");
  return before(rest, "# Example usage");
}

/** What stands before a mark, stripped; all of it, as it is, when the mark is missing. */
function before(code: string, mark: string): string {
  const at = code.indexOf(mark);
  return at < 0 ? code : code.slice(0, at).trim();
}

function withTest(code: string, test: string, asLiteral: boolean): string {
  const [head, tail] = test.split(INSERT);
  if (head !== undefined && tail !== undefined) return head + (asLiteral ? pythonRepr(code) : code) + tail;
  const at = code.indexOf("if __name__ ==");
  const rest = at < 0 ? code : code.slice(0, at);
  return `${asLiteral ? pythonRepr(rest) : rest}\n${test}`;
}

function assetsOf(test: Row): ReadonlyMap<string, string | null> {
  const value = test["asset"] === undefined || test["asset"] === null ? {} : column(test, "asset");
  if (!isJsonObject(value)) throw badValue(location("test", "asset"), "not an object", value);
  return new Map(
    Object.entries(value).map(([name, content]) => {
      if (content !== null && typeof content !== "string") {
        throw badValue([...location("test", "asset"), name], "not a text", content);
      }
      return [name, content];
    }),
  );
}

function textOf(object: Row, name: string, key: string): string {
  const value = object[key];
  if (typeof value === "string" && value.isWellFormed()) return value;
  throw badValue(location(name, key), "not a text", value ?? null);
}

function location(name: string, key: string): (string | number)[] {
  return ["body", "config", "provided_data", name, key];
}

function randomFlag(): string {
  return Array.from({ length: FLAG_LENGTH }, () => FLAG_LETTERS.charAt(randomInt(FLAG_LETTERS.length))).join("");
}
