import { describe, expect, it } from "vitest";
import { rootContext } from "../../core/context.ts";
import { matchBounded } from "./bounded-regex.ts";
import { pythonRegexProblem, translatePythonRegex } from "./python-regex.ts";

/** Pattern, ignoring case, text; then how often CPython 3.11 finds it, and its last match or only group. */
const CASES: readonly [string, boolean, string, number, string | null][] = [
  ["Answer\\s*:\\s*(?!Answer)\\s*([A-Za-z])\\s*", true, "Answer: Answer: b\nanswer:\u2003C ", 2, "C"],
  ["\\\\boxed\\{\\s*([A-Za-z])\\s*\\}", true, "\\boxed{ d } \\boxed{e}", 2, "e"],
  ["\\bcafé\\b", true, "Café café, cafés écafé", 2, "café"],
  ["\\d+", false, "12 ٣٤ x5", 3, "5"],
  ["\\w+", false, "naïve_ф ½ ² a\u0301", 4, "a"],
  ["a.c", false, "a\rc a\nc a\u2028c", 2, "a\u2028c"],
  ["x$", false, "x\n", 1, "x"],
  ["x\\Z", false, "x\n", 0, null],
  ["^b", false, "a\nb", 0, null],
  ["(?m)^b$", false, "a\nb\nb c", 1, "b"],
  ["(?s)a.b", false, "a\nb", 1, "a\nb"],
  ["(?P<q>['\"]).*?(?P=q)", false, "'a' \"b\" 'c", 2, '"'],
  ["(a)|b", false, "b", 1, ""],
  ["[]a-]+", false, "a-]b", 1, "a-]"],
  ["[^\\s\\d]+", false, "ab 12c\u001cd\ufeffe", 3, "d\ufeffe"],
  ["a{,2}b", false, "aaab", 1, "aab"],
  ["x{2}", false, "xxxx", 2, "xx"],
  ["x{a}", false, "x{a}", 1, "x{a}"],
  ["{}", false, "{}{}", 2, "{}"],
  ["\\x41\\u0042\\103", false, "ABC", 1, "ABC"],
  ["(?#hi)z", false, "zz", 2, "z"],
  ["(ab)\\1", false, "ababab", 1, "ab"],
  ["\\Bx", false, "axx x", 2, "x"],
  ["[\\w-]+", false, "a-b_c é", 2, "é"],
  ["ſ", true, "S s ſ", 3, "ſ"],
  ["(?<=a)b|c", false, "ab cb", 2, "c"],
  ["[a&&b]+", false, "a&&b", 1, "a&&b"],
  ["", false, "ab", 3, ""],
  ["\\-\\:\\@\\!", false, "-:@!", 1, "-:@!"],
  ["C\\+\\+", true, "c++ C++", 2, "C++"],
  ["😀+", false, "😀😀 x", 1, "😀😀"],
  [".", false, "a😀", 2, "😀"],
  ["[😀-😂]", false, "😁", 1, "😁"],
];

describe("patterns of Python's re", () => {
  it.each(CASES)("%j (ignoring case: %s) in %j", async (pattern, ignoreCase, text, count, last) => {
    const regex = translatePythonRegex(pattern, { ignoreCase });
    expect(await matchBounded(rootContext(), regex, text)).toEqual({ count, last });
  });

  it.each(["(", "[a", "a**", "(?P<1>a)", "\\q", "(?P=x)", "a(?i)b", "\\", "[b-a]", "(a\\2)", "x".repeat(5_000)])(
    "refuses %j as CPython does, or for its length",
    (pattern) => expect(pythonRegexProblem(pattern)).toEqual(expect.any(String)),
  );

  it.each(["a++", "(?>a)", "(a)?(?(1)b)", "(?x) a", "(?i:a)b"])("refuses %j, which it cannot translate", (pattern) =>
    expect(pythonRegexProblem(pattern)).toEqual(expect.any(String)),
  );
});

describe("texts that a candidate wrote", () => {
  it("end a pattern that does not end by itself, and the next one is answered", async () => {
    const catastrophe = translatePythonRegex("(a+)+$");
    const started = performance.now();
    const [hung, fine] = await Promise.all([
      matchBounded(rootContext(), catastrophe, `${"a".repeat(100_000)}!`),
      matchBounded(rootContext(), translatePythonRegex("(b+)"), "abba"),
    ]);
    expect(hung).toBeNull();
    expect(fine).toEqual({ count: 1, last: "bb" });
    expect(performance.now() - started).toBeLessThan(9_000);
  });

  it("do not hold up the event loop meanwhile", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 20);
    await matchBounded(rootContext(), translatePythonRegex("(a|a)*$"), `${"a".repeat(5_000)}!`);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(20);
  });

  it("may hold NUL and lone surrogates", async () => {
    const regex = translatePythonRegex("([^a]+)");
    expect(await matchBounded(rootContext(), regex, "a\u0000\ud800a")).toEqual({ count: 1, last: "\u0000\ud800" });
  });
});
