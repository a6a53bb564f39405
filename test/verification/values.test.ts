import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodeTest } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "./support/open-verifier.ts";

const call = (expected: string, ...args: readonly string[]): CodeTest => ({
  kind: "call",
  functionName: "f",
  arguments: args,
  expected,
  input: args.join("\n"),
});

describe("returned values by Python's own equality", () => {
  let opened: OpenVerifier;
  beforeAll(async () => {
    opened = await openVerifier("docker");
  });
  afterAll(() => opened.close());

  const judge = (code: string, test: CodeTest) =>
    opened.verifier.verify(ctx, {
      code,
      language: "python",
      resource: "values",
      limits: {},
      tests: { kind: "cases", cases: [test], values: "exact" },
    });

  it.each([
    ["a tuple", "return (1, [2])", '{"$": "tuple", "v": [1, [2]]}', "return [1, [2]]"],
    ["a set, in any order", "return {3, 1, 2}", '{"$": "set", "v": [1, 2, 3]}', "return [1, 2, 3]"],
    [
      "a set of sets",
      "return {frozenset({1}), frozenset()}",
      '{"$": "set", "v": [{"$": "frozenset", "v": []}, {"$": "frozenset", "v": [1]}]}',
      "return {frozenset({1})}",
    ],
    ["bytes", "return b'\\x00\\xff'", '{"$": "bytes", "v": "AP8="}', "return '\\x00\\xff'"],
    [
      "an integer that decimals are too long for",
      "return 1 << 20000",
      `{"$": "int", "v": "1${"0".repeat(5000)}"}`,
      "return (1 << 20000) + 1",
    ],
    ["NaN and infinity", "return [float('nan'), float('-inf')]", "[NaN, -Infinity]", "return [0.0, float('inf')]"],
    [
      "a dict whose keys are no texts",
      "return {(0, 1): 'a', 2: None}",
      '{"$": "dict", "v": [[2, null], [{"$": "tuple", "v": [0, 1]}, "a"]]}',
      "return {'(0, 1)': 'a', '2': None}",
    ],
    ["a complex number", "return 1j", '{"$": "complex", "v": [0, 1]}', "return 1"],
    ["a float, without tolerance", "return 0.5", "0.5", "return 0.5000001"],
  ])("of %s", async (_, right, expected, wrong) => {
    expect(await judge(`def f():\n    ${right}`, call(expected))).toMatchObject({ reward: 1 });
    expect(await judge(`def f():\n    ${wrong}`, call(expected))).toMatchObject({ reward: 0, reason: "wrong_answer" });
  });

  it("hands over arguments of every kind", async () => {
    const argument =
      '{"$": "dict", "v": [[{"$": "tuple", "v": [1, 2]}, {"$": "set", "v": [{"$": "bytes", "v": "YQ=="}]}]]}';
    const code = "def f(x, big):\n    return x == {(1, 2): {b'a'}} and big == 16 ** 40";
    const verdict = await judge(code, call("true", argument, `{"$": "int", "v": "1${"0".repeat(40)}"}`));
    expect(verdict).toMatchObject({ reward: 1 });
  });

  it("takes no object for what it says it equals", async () => {
    const code = "class Same:\n    def __eq__(self, other): return True\ndef f(): return Same()";
    expect(await judge(code, call("1"))).toMatchObject({ reward: 0, reason: "wrong_answer" });
  });

  it("refuses tests that are no tagged JSON", async () => {
    await expect(judge("def f(): return 1", call('{"$": "list", "v": []}'))).rejects.toThrow(/values: test 1 is not/);
  });
});
