import { describe, expect, it } from "vitest";
import { programTexts, readDeclaration } from "./program-texts.ts";

const texts = (language: "cpp" | "java" | "javascript", declaration: string, entryPoint: string, source = "") =>
  programTexts({ kind: "program", language, declaration, entryPoint, source });

function problemOf(language: "cpp" | "java", declaration: string): string {
  const read = readDeclaration(language, declaration);
  return "problem" in read ? read.problem : "";
}

describe("C++", () => {
  const declaration = `#include <vector>
using namespace std;
/* a { brace and a quote " */
int helper(int x) { return x; }
vector<int> sorted_up(vector<int> &values, const string& by = "{", map<string, int> more){
`;

  it("makes a stub in the place of the entry point, behind what comes before it", () => {
    const { tests } = texts("cpp", declaration, "sorted_up", "int main() {}");
    expect(tests).toContain("int helper(int x) { return x; }");
    expect(tests).toContain(
      "return sandlot::call<vector<int>(vector<int> &, const string&, map<string, int>)>(values, by, more); }",
    );
    expect(tests.indexOf("int main")).toBeGreaterThan(tests.indexOf("sandlot::call"));
  });

  it("hands the program its signature alone, and nothing of the tests", () => {
    const { files } = texts("cpp", declaration, "sorted_up", "int main() { secret(); }");
    expect(Object.keys(files)).toEqual(["entry.hpp"]);
    expect(files["entry.hpp"]).toMatch(/^#include <vector>\nnamespace sandlot_row \{/);
    expect(files["entry.hpp"]).toContain(
      "using Signature = vector<int>(vector<int> &, const string&, map<string, int>);",
    );
    expect(files["entry.hpp"]).toContain("#define SANDLOT_ENTRY sorted_up");
    expect(files["entry.hpp"]).not.toContain("secret");
  });

  it("cuts a declaration that goes on into the body", () => {
    const { tests } = texts("cpp", "int f(int n){\n  int x;\n  for (;;)\n  {", "f");
    expect(tests).toContain("int f(int n){ return sandlot::call<int(int)>(n); }");
    expect(tests).not.toContain("for");
  });

  it.each([
    ["int* f(int n){", "int*"],
    ["int f(int* n){", "int*"],
    ["int f(int n[]){", "cannot be read"],
    ["auto f(int n){", "auto"],
    ["const string& f(int n){", "const string&"],
    ["template <class T> T f(T n){", "template"],
    ["int f(int){", "cannot be read"],
    ["int f(int n);", "open body"],
    ["namespace a {", "no signature"],
  ])("says why %s cannot be bridged", (text, problem) => {
    expect(problemOf("cpp", text)).toContain(problem);
  });
});

describe("Java", () => {
  const declaration = `import java.util.*;
class Solution {
    /** { */
    int twice(int x) { return 2 * x; }
    public Optional<Integer> first(final List<List<Integer>> rows, int... more) throws Exception {
`;

  it("makes a stub that stands in the declared class", () => {
    const source = "import java.util.stream.Collectors;\npublic class Main { }";
    const { tests } = texts("java", declaration, "first", source);
    expect(tests).toMatch(/^import java.util.stream.Collectors;\nimport java.util.\*;/);
    expect(tests).toContain(
      "return (Optional<Integer>) sandlot.bridge.Tests.call(this, (Object) rows, (Object) more); } }",
    );
    expect(tests).toContain("int twice(int x) { return 2 * x; }");
    expect(tests.match(/import java.util.stream/g)).toHaveLength(1);
  });

  it("makes a dispatcher to an object of the candidate's class", () => {
    const entry = texts("java", declaration, "first").files["SandlotEntry.java"];
    expect(entry).toContain("private final Solution object = new Solution();");
    expect(entry).toContain("return object.first((List<List<Integer>>) arguments[0], (int[]) arguments[1]);");
  });

  it("knows static methods and those without a value", () => {
    const { tests, files } = texts("java", "class A { public static void go(int[] x) {", "go");
    expect(tests).toContain("{ sandlot.bridge.Tests.call(null, (Object) x); } }");
    expect(files["SandlotEntry.java"]).toContain("object.go((int[]) arguments[0]); return null;");
  });

  it.each([
    ["class A { Function<Integer, Integer> f(int n) {", "Function<Integer, Integer>"],
    ["class A { int f(TreeMap<String, Integer> n) {", "TreeMap"],
    ["class A { <T> T f(T n) {", "<T> T"],
    ["class A { int f(Runnable n) {", "Runnable"],
    ["class A {", "open body of a method"],
    ["int f(int n) {", "open body of a method"],
  ])("says why %s cannot be bridged", (text, problem) => {
    expect(problemOf("java", text)).toContain(problem);
  });
});

describe("JavaScript", () => {
  it.each([
    ["const helper = (x) => { return x; }\n\nconst f = (a, b) => {\n", "f"],
    ["let g = async (a) => {", "g"],
    ["function h(a, b = {}) {", "h"],
    ["const i = function (a) {", "i"],
    ["const j = a => {", "j"],
  ])("makes a stub of %s", (declaration, name) => {
    const { tests, files, entryPoint } = texts("javascript", declaration, name, "console.assert(true)");
    expect(entryPoint).toBe(name);
    expect(tests).toContain(`const ${name} = `);
    expect(tests).toContain("(...values) => sandlotCall(...values);\nconsole.assert(true)");
    expect(files).toEqual({ "entry.json": JSON.stringify({ name }) });
  });

  it("leaves helpers and promises as they are", () => {
    const { tests } = texts("javascript", "const helper = (x) => { return x }\nconst f = async (a) => {", "f");
    expect(tests).toContain("const helper = (x) => { return x }\nconst f = async (...values)");
  });

  it.each(["class A { f() {", "function* f() {", "const f = 5;", "({"])("says that %s cannot be bridged", (text) => {
    expect(readDeclaration("javascript", text)).toHaveProperty("problem");
  });
});

it("refuses another entry point than the one that is left open", () => {
  expect(() => texts("cpp", "int f(int n){", "g")).toThrow(expect.objectContaining({ code: "invalid_request" }));
});
