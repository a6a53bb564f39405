import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProgramTests, Verifier } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { builtImages } from "../environments/support/built-images.ts";
import { openVerifier } from "./support/open-verifier.ts";
import { ATTACKS, HONEST, NOT_COMPILED, TWICE } from "./support/program-rows.ts";

const LANGUAGES = ["cpp", "java", "javascript"] as const;
const built = await builtImages();
let verifier: Verifier;
let close = async () => {};

beforeAll(async () => {
  if (built.size > 0) ({ verifier, close } = await openVerifier("docker"));
});
afterAll(() => close());

const LIMITS = { cpuMs: 4_000, wallMs: 8_000 };

function judge(code: string, tests: ProgramTests) {
  return verifier.verify(ctx, { code, language: tests.language, resource: "programs", limits: LIMITS, tests });
}

for (const language of LANGUAGES) {
  describe.skipIf(!built.has(language))(`tests in ${language} (skipped where its image is not built)`, () => {
    const tests = TWICE[language];

    it.each(Object.entries(HONEST[language]))("pass a program %s", async (_, code) => {
      expect(await judge(code, tests)).toMatchObject({ reward: 1, isolation: "bridge", message: "all 1 tests passed" });
    });

    it.each(Object.entries(ATTACKS[language]))("pass no program that %s", async (name, code) => {
      const verdict = await judge(code, tests);
      expect(verdict).toMatchObject({ reward: 0, status: "failed" });
      expect(verdict.cases[0]?.status === "compile_error").toBe(NOT_COMPILED[language].includes(name));
    });
  });
}

describe.skipIf(!built.has("cpp"))("values in C++ (skipped where its image is not built)", () => {
  const HEADERS = ["any", "array", "boost/any.hpp", "deque", "map", "optional", "queue", "set", "string", "vector"];
  const CONTEXT = `${HEADERS.map((name) => `#include <${name}>\n`).join("")}using namespace std;\n`;
  const run = (signature: string, body: string, main: string) => {
    const entryPoint = /(\w+)\(/.exec(signature)?.[1] ?? "";
    const source = `#undef NDEBUG\n#include <assert.h>\nint main() { ${main} }`;
    const declaration = `${CONTEXT}${signature} {\n`;
    return judge(`${CONTEXT}${signature} { ${body} }`, {
      kind: "program",
      language: "cpp",
      declaration,
      source,
      entryPoint,
    });
  };

  it("go there and back, and what was passed by reference comes back changed", async () => {
    const verdict = await run(
      "map<string, vector<pair<char, optional<double>>>> f(set<int>& s, deque<bool> d, tuple<long long, string> t, array<float, 2> a, any x, boost::any y, unsigned char c, long double l)",
      "s.erase(s.begin()); vector<pair<char, optional<double>>> v; v.push_back({char(c), {}}); v.push_back({'b', get<0>(t) + any_cast<int>(x)}); return {{get<1>(t) + boost::any_cast<string>(y), v}, {to_string(d.size()), {{'x', double(a[1]) + double(l)}}}};",
      `set<int> s{3, 1}; auto got = f(s, {true, false}, {1LL << 40, string("a\\0b", 3)}, {1.5f, 2.25f}, 2, string("z"), 255, 0.5L);
       assert((s == set<int>{3})); assert(got.size() == 2);
       auto& v = got[string("a\\0bz", 4)]; assert(v.size() == 2 && v[0].first == char(255) && !v[0].second);
       assert(*v[1].second == double(1LL << 40) + 2); assert(got["2"][0] == make_pair('x', optional<double>(2.75)));`,
    );
    expect(verdict).toMatchObject({ reward: 1, message: "all 1 tests passed" });
  });

  it("may be none, or exceptions that tests wait for", async () => {
    const verdict = await run(
      "void f(vector<string>& v)",
      'if (v.empty()) throw out_of_range("empty"); v.pop_back();',
      'vector<string> v{"a"}; f(v); assert(v.empty()); bool thrown = false; try { f(v); } catch (const out_of_range& e) { thrown = e.what() == string("empty"); } assert(thrown);',
    );
    expect(verdict).toMatchObject({ reward: 1 });
  });

  it("that are too short end the tests that look behind their end", async () => {
    const verdict = await run("vector<int> f(int n)", "return {};", "if (f(1)[5] == 0 || true) return 0;");
    expect(verdict).toMatchObject({ reward: 0 });
  });

  it("of types that cannot cross are the row's fault, not the program's", async () => {
    const unknown = run("queue<int> f(int n)", "return {};", "f(1);");
    await expect(unknown).rejects.toMatchObject({ code: "invalid_request" });
    const pointer = run("int f(const char* n)", "return 1;", "f(0);");
    await expect(pointer).rejects.toMatchObject({ code: "invalid_request" });
    const broken = run("int f(int n)", "return 1;", "this does not compile");
    await expect(broken).rejects.toMatchObject({ code: "verifier_failed" });
    const idle = run("int f(int n)", "return 1;", "");
    await expect(idle).rejects.toMatchObject({ code: "invalid_request" });
  });
});

it.skipIf(!built.has("java"))("values in Java go there and back (skipped where its image is not built)", async () => {
  const declaration = `import java.util.*;
class Solution {
  public Map<String, Object> f(List<int[]> rows, Optional<String> name, Object any, char c, Set<Long> numbers, double... more) throws Exception {
`;
  const source = `import java.math.BigInteger;
public class Main {
  static void check(boolean holds, String what) { if (!holds) throw new AssertionError(what); }
  public static void main(String[] args) throws Exception {
    List<int[]> rows = new ArrayList<>(List.of(new int[] {3, 1, 2}));
    int[] row = rows.get(0);
    Map<String, Object> got = new Solution().f(rows, Optional.of("n"), BigInteger.TWO.pow(70), 'x', new HashSet<>(List.of(1L << 40)), 0.1, Double.NaN);
    check(row[0] == 1 && row[2] == 3 && rows.size() == 2, "changed in place");
    check(got.get("n") == "n", "a string is the object that its literal is");
    check(got.get("any").equals(BigInteger.TWO.pow(71)) && got.get("c").equals('x') && got.get("none") == null, "objects");
    check(Arrays.equals((double[]) got.get("more"), new double[] {0.1, Double.NaN}), "array");
    check(got.get("numbers").equals(Set.of(1L << 40)) && got.get("maybe").equals(Optional.empty()), "sets");
    try {
      new Solution().f(null, Optional.empty(), null, 'x', Set.of());
      check(false, "no exception");
    } catch (NoSuchElementException expected) {
      check(expected.getMessage().equals("none"), "message");
    }
  }
}`;
  const code = `import java.util.*;
import java.math.BigInteger;
class Solution {
  Map<String, Object> f(List<int[]> rows, Optional<String> name, Object any, char c, Set<Long> numbers, double[] more) {
    if (rows == null) throw new NoSuchElementException("none");
    Arrays.sort(rows.get(0));
    rows.add(new int[0]);
    Map<String, Object> all = new TreeMap<>(Map.of("any", ((BigInteger) any).add((BigInteger) any), "c", c, "more", more, "numbers", numbers, "maybe", Optional.empty()));
    all.put(name.get(), new StringBuilder("n").toString());
    all.put("none", null);
    return all;
  }
}`;
  const verdict = await judge(code, { kind: "program", language: "java", declaration, source, entryPoint: "f" });
  expect(verdict).toMatchObject({ reward: 1, message: "all 1 tests passed" });
});

it.skipIf(!built.has("javascript"))(
  "values in JavaScript go there and back (skipped where its image is not built)",
  async () => {
    const source = `
const assert = require('node:assert')
const list = [3, 1, [2], { a: undefined }]
const inner = list[2]
const all = [NaN, -0, -Infinity, 12n ** 40n, undefined, null, '\\ud800', new Map([[1, new Set([[]])]]), new Date(5), list, ['n', 'x'], JSON.parse('{"__proto__": 1}')]
const got = f(...all)
assert.deepStrictEqual(got.slice(0, 9), all.slice(0, 9))
assert.deepStrictEqual(got.slice(10), all.slice(10))
assert(list.length === 5 && list[2] === inner && inner[0] === 'changed' && 'a' in list[3])
assert.throws(() => f('fail'), (error) => error instanceof RangeError && error.message === 'no' )
assert.throws(() => f('own'), { name: 'OwnError' })
console.assert(f() === 'none')
`;
    const code = `function f(...all) {
  if (all.length === 0) return 'none'
  if (all[0] === 'fail') throw new RangeError('no')
  if (all[0] === 'own') throw Object.assign(new Error('mine'), { name: 'OwnError' })
  all[9].push(1)
  all[9][2][0] = 'changed'
  return all
}`;
    const declaration = "const f = (...all) => {\n";
    const verdict = await judge(code, {
      kind: "program",
      language: "javascript",
      declaration,
      source,
      entryPoint: "f",
    });
    expect(verdict).toMatchObject({ reward: 1, message: "all 1 tests passed" });
  },
);
