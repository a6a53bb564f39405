import { describe, expect, it } from "vitest";
import { extractCode } from "./extract-code.ts";

const fence = (tag: string, code: string) => `\`\`\`${tag}\n${code}\n\`\`\`\n`;

describe("last_fence", () => {
  const python = (answer: string) => extractCode("last_fence", answer, { language: "python" });

  it("takes the last complete fence of the language", () => {
    expect(python(fence("python", "a") + fence("py", "b") + fence("bash", "c") + fence("", "d")).code).toBe("b");
    expect(python(`${fence("Python3", "a")}Run it:\n${fence("sh", "python a.py")}`).code).toBe("a");
    expect(python(`${fence("python", "a")}\`\`\`python\nunfinished`).code).toBe("a");
  });

  it("takes an untagged one where none has the tag, and none of another language", () => {
    expect(python(fence("", "a") + fence("js", "b")).code).toBe("a");
    expect(python(fence("js", "b"))).toEqual({
      code: null,
      problem: "the answer has no complete code block of python",
    });
    expect(extractCode("last_fence", fence("c++", "x"), { language: "cpp17" }).code).toBe("x");
  });

  it("takes the last of any language when none is asked for", () => {
    expect(extractCode("last_fence", fence("js", "a") + fence("", "b") + fence("go", "c")).code).toBe("c");
  });

  it("leaves reasoning out", () => {
    expect(python(`<think>${fence("python", "a")}</think>${fence("python", "b")}`).code).toBe("b");
    // A server that gave the opening tag itself leaves only the closing one.
    expect(python(`${fence("python", "a")}</think>no code`).code).toBeNull();
    expect(python(`${fence("python", "a")}<think>${fence("python", "b")}`).code).toBe("a");
    expect(python(`<think>${fence("python", "a")}`)).toEqual({ code: null, problem: "the answer is only reasoning" });
  });

  it("takes a bare program, and no prose", () => {
    for (const program of ["n = int(input())\nprint(n)", "def f(x):\n    return x", "# note\nimport sys\nsys.exit()"]) {
      expect(python(program).code, program).toBe(program);
    }
    for (const prose of ["I cannot do that.", "from here on it is easy", "class action", "we define def f", "x = 1"]) {
      expect(python(prose), prose).toEqual({ code: null, problem: "the answer has no fenced code block" });
    }
    expect(extractCode("last_fence", "print(1)").code).toBeNull();
    expect(extractCode("last_fence", "print(1)", { language: "lua" }).code).toBeNull();
  });

  it("says what is missing", () => {
    expect(python(" \n").problem).toBe("the answer is empty");
    expect(python("```python\nprint(1)").problem).toBe("the answer's code block is not closed");
  });
});

describe("evalplus", () => {
  const code = (answer: string, prompt?: string) =>
    extractCode("evalplus", answer, prompt === undefined ? {} : { prompt }).code;

  it("agrees with NeMo Gym's tests", () => {
    expect(code("scratch ```python\nx=1\n``` then ```python\ny=2\n```")).toBe("y=2");
    expect(code("no language tag ```\nz=3\n```")).toBe("z=3");
    expect(code("```python\nincomplete")).toBeNull();
    expect(code("plain text no fences")).toBeNull();
    expect(code("```python\r\nprint(1)\r\n```")).toBe("print(1)");
  });

  it("looks at the last Python fence alone, and at plain ones only without any", () => {
    expect(code(`${fence("python", "a")}\`\`\`python\nb`)).toBeNull();
    expect(code(fence("python", "a") + fence("", "b"))).toBe("a");
    expect(code(fence("", "a") + fence("js", "b") + fence("", "c"))).toBe("c");
    expect(code(`${fence("", "a")}${fence("js", "b")}\`\`\`\nc`)).toBe("a");
    expect(code(fence("js", "b"))).toBeNull();
    expect(code("```python\n```")).toBeNull();
  });

  it("puts the prompt before it unless it is there", () => {
    expect(code(fence("python", "    return 1"), "def f():\n")).toBe("def f():\nreturn 1");
    expect(code(fence("python", "def f():\n    return 1"), "def f():\n")).toBe("def f():\n    return 1");
  });
});

describe("human_eval_completion", () => {
  const prompt =
    'from typing import List\n\n\ndef half(x):\n    return x / 2\n\n\ndef f(xs: List[int]) -> int:\n    """Sum."""\n';
  const code = (answer: string) => extractCode("human_eval_completion", answer, { prompt, entryPoint: "f" }).code;

  it("puts a body behind the prompt, its indentation kept", () => {
    expect(code("    return sum(xs)\n")).toBe(`${prompt}    return sum(xs)\n`);
    expect(code(`Here:\n${fence("python", "    return sum(xs)")}`)).toBe(`${prompt}    return sum(xs)`);
    expect(code("    def f(y):\n        return y\n    return f(xs)")).toMatch(/^from typing/);
  });

  it("takes a new definition as a program, with the prompt's imports and helpers", () => {
    const whole = "def f(xs: List[int]) -> int:\n    return sum(xs)";
    expect(code(fence("python", whole))).toBe(
      `from typing import List\n\n\ndef half(x):\n    return x / 2\n\n\n${whole}`,
    );
    expect(code(fence("", `${prompt}    return 1`))).toBe(`${prompt}    return 1`);
    expect(code(fence("python", `from __future__ import annotations\n${whole}`))).toMatch(/^from __future__/);
    expect(code("def ff(x):\n    return x")).toBe(`${prompt}def ff(x):\n    return x`);
  });

  it("leaves reasoning and other languages out", () => {
    expect(code(`<think>${fence("python", "no")}</think>    return 1`)).toBe(`${prompt}    return 1`);
    expect(code(fence("js", "return 1"))).toBeNull();
    expect(code("```python\n    return")).toBeNull();
    expect(code("")).toBeNull();
  });

  it("needs to be told what is completed", () => {
    expect(() => extractCode("human_eval_completion", "x")).toThrow(TypeError);
    expect(() => extractCode("human_eval_completion", "x", { prompt })).toThrow(TypeError);
    // A name is no pattern.
    expect(extractCode("human_eval_completion", "def ab():\n  x", { prompt: "", entryPoint: "a." }).code).toBe(
      "def ab():\n  x",
    );
  });
});

describe("whole", () => {
  it("takes the answer as it is", () => {
    expect(extractCode("whole", " <think>x</think>\n").code).toBe(" <think>x</think>\n");
    expect(extractCode("whole", " \n")).toEqual({ code: null, problem: "the answer is empty" });
  });
});

describe("answers made to be slow", () => {
  it("are gone over once by every strategy", () => {
    const size = 1 << 20;
    const options = { language: "python", prompt: "def f():\n", entryPoint: "f" };
    for (const text of [
      "```".repeat(size / 4),
      "`".repeat(size),
      "```python".repeat(size / 8),
      "```\n".repeat(size / 4),
      "<think>".repeat(size / 8),
      "</think>".repeat(size / 8),
      `def ${" ".repeat(size)}x`,
      `def ${"f".repeat(size)}`,
      `class ${"x".repeat(size)} `,
      "\n".repeat(size),
      "def f\n".repeat(size / 8),
    ]) {
      for (const strategy of [
        "last_fence",
        "gym_last_two_fences",
        "evalplus",
        "human_eval_completion",
        "whole",
      ] as const) {
        extractCode(strategy, text, options);
      }
    }
  });
});
