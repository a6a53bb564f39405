import { describe, expect, it } from "vitest";
import { type AutoEvalProgram, autoEvalProgram } from "./auto-eval.ts";
import { readSubmit } from "./requests.ts";

interface Given {
  readonly completion?: string;
  readonly labels?: unknown;
  readonly test?: unknown;
  readonly extra?: unknown;
}

function program({ completion = "```python\nx = 1\n```", labels, test, extra = {} }: Given): AutoEvalProgram {
  const row = {
    id: 1,
    labels: labels ?? { programming_language: "python" },
    test: test ?? { code: "assert x == 1" },
  };
  const config = { dataset_type: "AutoEvalDataset", provided_data: row, extra };
  return autoEvalProgram(row, readSubmit({ dataset: "d", id: 1, completion, config }, ["python"]));
}

describe("an AutoEval program", () => {
  it("is the code and the test", () => {
    const { extractedCode, fullCode, flag } = program({});
    expect([extractedCode, fullCode, flag]).toEqual(["x = 1", "x = 1\nassert x == 1", null]);
  });

  it("has the code where the test says so, as it is or as a literal", () => {
    const test = { code: "a = 1\n#<INSERT>\nb = 2" };
    expect(program({ test }).fullCode).toBe("a = 1\nx = 1\nb = 2");
    expect(program({ test: { code: "a = #<INSERT>" }, extra: { repr_code: true } }).fullCode).toBe("a = 'x = 1'");
  });

  it("has no entry point and no examples of use", () => {
    const completion = "```python\nx = 1\nif __name__ == '__main__':\n    x = 2\n# Example usage\nx = 3\n```";
    expect(program({ completion }).fullCode).toBe("x = 1\n\nassert x == 1");
    const cpp = program({
      completion: "```cpp\nint f();\nint main() {}\n```",
      labels: { programming_language: "cpp" },
    });
    expect(cpp.extractedCode).toBe("int f();");
  });

  it("takes the first block, another one or all", () => {
    const completion = "```\na\n```\n```\nb\n```";
    expect(program({ completion }).extractedCode).toBe("a");
    expect(program({ completion, extra: { autoeval_extract_code_mode: "all" } }).extractedCode).toBe("a\n\nb");
    expect(program({ completion, extra: { code_block_idx: -1 } }).extractedCode).toBe("b");
    expect(program({ completion, extra: { code_block_idx: 9 } }).extractedCode).toBe("");
    expect(() => program({ extra: { autoeval_extract_code_mode: "last" } })).toThrow("expected 'first' or 'all'");
    expect(() => program({ extra: { code_block_idx: "1" } })).toThrow("not an integer");
  });

  it("gathers Go's package and imports", () => {
    const completion = '```go\npackage main\nimport "strings"\nfunc F() {}\n```';
    const labels = { programming_language: "go", execution_language: "go_test" };
    const { fullCode } = program({ completion, labels, test: { code: 'import (\n\t"testing"\n)\nfunc TestF() {}' } });
    expect(fullCode).toBe('package main\n\nimport "strings"\nimport "testing"\n\n\n\nfunc F() {}\n\nfunc TestF() {}');
  });

  it("ends with a flag for Python when asked", () => {
    const { fullCode, flag } = program({ extra: { append_flag: true } });
    expect(flag).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(fullCode).toBe(`x = 1\nassert x == 1\n\nprint("${flag}")`);
  });

  it("takes columns as JSON texts, and assets", () => {
    const test = JSON.stringify({ code: "1", asset: JSON.stringify({ "a.txt": "QQ==" }) });
    expect([...program({ labels: '{"programming_language":"python"}', test }).assets]).toEqual([["a.txt", "QQ=="]]);
  });

  it.each([
    [{ test: { code: " \n" } }, "an empty test would accept anything"],
    [{ test: {} }, "not a text"],
    [{ labels: {} }, "not a text"],
    [{ labels: { programming_language: "java" } }, "JUnit"],
    [{ test: { code: "1", asset: { a: 1 } } }, "not a text"],
    [{ test: "{" }, "not JSON"],
    [{ test: [] }, "not an object"],
  ] as [Given, string][])("is refused for %j", (given, reason) => expect(() => program(given)).toThrow(reason));
});
