import { describe, expect, it } from "vitest";
import { programOf } from "../../environments/human_eval_x/program.ts";

describe("what an answer stands for", () => {
  const cpp = {
    language: "cpp",
    entryPoint: "f",
    prompt: "#include <vector>\nusing namespace std;\n/* f(1) { */\nint f(int n){\n",
  } as const;
  const java = {
    language: "java",
    entryPoint: "f",
    prompt: "import java.util.*;\n\nclass Solution {\n    /** f(1) */\n    public int f(int n) {\n",
  } as const;
  const javascript = { language: "javascript", entryPoint: "f", prompt: "const f = (n) => {\n" } as const;

  it("in C++ is the prompt with what goes on there, recursive or not", () => {
    const body = "    if (f(n - 1)) { return n * f(n - 1); }\n    return f(0);\n}\n";
    expect(programOf(body, cpp)).toBe(cpp.prompt + body);
  });

  it("in C++ is a whole program as it is, with includes where it has none", () => {
    const whole = "#include <set>\nlong  f(const int& n) { return n; }";
    expect(programOf(whole, cpp)).toBe(whole);
    const alone = "// f is easy\nstd::vector<int>& g(); int f(int n)\n{ return n; }";
    expect(programOf(alone, cpp)).toBe(`#include <vector>\nusing namespace std;\n${alone}`);
  });

  it("in Java is a class, a method in one, or what goes on in the prompt", () => {
    const whole = "import java.util.List;\npublic class Solution { int f(int n) { return n; } }";
    expect(programOf(whole, java)).toBe(whole);
    expect(programOf("class Solution { int f(int n) { return n; } }", java)).toMatch(/^import java.util.\*;\nclass/);
    expect(programOf("public int f(int n) throws Exception { return n; }", java)).toBe(
      "import java.util.*;\nclass Solution {\npublic int f(int n) throws Exception { return n; }\n}",
    );
    const body = "        return n == 0 ? 0 : f(n - 1);\n    }\n}\n";
    expect(programOf(body, java)).toBe(java.prompt + body);
  });

  it("in JavaScript is what declares or exports the function, or what goes on in the prompt", () => {
    for (const whole of ["function f(n) {}", "let f = (n) => n", "module.exports.f = (n) => n"])
      expect(programOf(whole, javascript)).toBe(whole);
    const body = "  const ff = 1\n  return f(n)\n}\n";
    expect(programOf(body, javascript)).toBe(javascript.prompt + body);
  });
});
