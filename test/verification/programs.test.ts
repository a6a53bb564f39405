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
