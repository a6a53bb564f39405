import { describe, expect, it } from "vitest";
import { decodeBody } from "./decode-body.ts";
import { type Problem, Refusal } from "./refusal.ts";
import { readRunCode, readSubmit } from "./requests.ts";

const LANGUAGES = ["python", "cpp"];
const MINIMAL = { code: "1", language: "python" };

function problems(work: () => unknown): readonly Problem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal && typeof error.detail !== "string") return error.detail;
  }
  throw new Error("taken");
}

const kinds = (body: unknown) =>
  problems(() => readRunCode(body, LANGUAGES)).map(({ type, loc }) => [type, ...loc.slice(1)]);

describe("the body of /run_code", () => {
  it("is read as pydantic's lax mode reads it", () => {
    const read = readRunCode(
      { ...MINIMAL, run_timeout: "5", compile_timeout: true, memory_limit_MB: "256", x: 1 },
      LANGUAGES,
    );
    expect(read).toMatchObject({
      run_timeout: 5,
      compile_timeout: 1,
      memory_limit_MB: 256,
      stdin: null,
      fetch_files: [],
    });
    expect(readRunCode({ ...MINIMAL, memory_limit_MB: 256, run_timeout: Infinity }, LANGUAGES).run_timeout).toBe(
      Infinity,
    );
  });

  it.each([
    [{ ...MINIMAL, run_timeout: NaN }, ["finite_number", "run_timeout"]],
    [{ ...MINIMAL, memory_limit_MB: 1.5 }, ["int_from_float", "memory_limit_MB"]],
    [{ ...MINIMAL, memory_limit_MB: "x" }, ["int_parsing", "memory_limit_MB"]],
    [{ ...MINIMAL, memory_limit_MB: Infinity }, ["finite_number", "memory_limit_MB"]],
    [{ ...MINIMAL, code: "\ud800" }, ["string_unicode", "code"]],
    [{ ...MINIMAL, stdin: "\udc00" }, ["string_unicode", "stdin"]],
    [{ ...MINIMAL, files: { a: 1 } }, ["string_type", "files", "a"]],
    [{ ...MINIMAL, language: "cobol" }, ["literal_error", "language"]],
    [{ ...MINIMAL, fetch_files: Array.from({ length: 1025 }, () => "a") }, ["too_long", "fetch_files"]],
  ])("is refused: %j", (body, kind) => expect(kinds(body)).toEqual([kind]));

  it("names all problems in the order of the fields, and what it got", () => {
    expect(kinds({ language: 1, run_timeout: null })).toEqual([
      ["float_type", "run_timeout"],
      ["missing", "code"],
      ["literal_error", "language"],
    ]);
    const [first] = problems(() => readRunCode({ ...MINIMAL, language: "x" }, LANGUAGES));
    expect(first).toMatchObject({
      msg: "Input should be 'python' or 'cpp'",
      input: "x",
      ctx: { expected: "'python' or 'cpp'" },
    });
  });

  it("does not give back more than it takes to know what was wrong", () => {
    const big = "x".repeat(1_000_000);
    expect(JSON.stringify(problems(() => readRunCode({ code: big, stdin: [big] }, LANGUAGES))).length).toBeLessThan(
      10_000,
    );
    const files = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, 1]));
    expect(problems(() => readRunCode({ ...MINIMAL, files }, LANGUAGES))).toHaveLength(100);
  });

  it("takes no property that objects inherit", () => {
    expect(kinds(Object.create({ code: "1", language: "python" }))).toEqual([
      ["missing", "code"],
      ["missing", "language"],
    ]);
  });
});

describe("the body of /submit", () => {
  const SUBMIT = { dataset: "d", completion: "", config: {} };

  it("keeps numbers and texts of ids apart", () => {
    expect(readSubmit({ ...SUBMIT, id: "7" }, LANGUAGES).id).toBe("7");
    expect(readSubmit({ ...SUBMIT, id: 7 }, LANGUAGES).id).toBe(7);
    expect(problems(() => readSubmit({ ...SUBMIT, id: null }, LANGUAGES)).map(({ loc }) => loc)).toEqual([
      ["body", "id", "int"],
      ["body", "id", "str"],
    ]);
  });

  it("takes rows as one or as many", () => {
    const config = { provided_data: [{ id: 1 }] };
    expect(readSubmit({ ...SUBMIT, id: 1, config }, LANGUAGES).config.provided_data).toEqual([{ id: 1 }]);
    const found = problems(() => readSubmit({ ...SUBMIT, id: 1, config: { provided_data: 5 } }, LANGUAGES));
    expect(found.map(({ type }) => type)).toEqual(["list_type", "dict_type"]);
  });
});

describe("a body", () => {
  it("is JSON by its type, or without one", () => {
    for (const type of [
      undefined,
      "",
      "application/json",
      "application/vnd.x+json",
      "Application/JSON; charset=utf-8",
    ]) {
      expect(decodeBody(type, "\ufeff{}").value).toEqual({});
    }
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
      expect(decodeBody(type, "{}").value).toBe("{}");
    }
  });

  it("has to be there and to be flat enough", () => {
    expect(problems(() => decodeBody(undefined, ""))[0]).toMatchObject({ type: "missing", loc: ["body"], input: null });
    expect(problems(() => decodeBody(undefined, "null"))[0]).toMatchObject({ type: "missing" });
    expect(problems(() => decodeBody(undefined, "[".repeat(100_000)))[0]).toMatchObject({ type: "json_invalid" });
  });
});
