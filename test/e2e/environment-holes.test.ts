import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { scaffold } from "../../src/cli/scaffold/scaffold.ts";
import { SCAFFOLD_KINDS } from "../../src/cli/scaffold/task.ts";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import { silentLogger } from "../../src/core/logger.ts";

const root = mkdtempSync(join(tmpdir(), "sandlot-holes-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function check(name: string, files: ReadonlyMap<string, string>) {
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, name, path)), { recursive: true });
    await writeFile(join(root, name, path), text);
  }
  const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
  const { config } = loadConfig({
    env: {},
    workingDirectory: root,
    flags: [flag("sandbox.provider", "local"), flag("environments.paths", [root])],
  });
  const report = await cliServices.checkEnvironment({
    config,
    logger: silentLogger,
    name,
    repeats: 2,
    onChecked: () => undefined,
  });
  return { report, wrong: report.checked.filter(({ problem }) => problem !== null) };
}

const SECRET = "correct horse battery staple";

/** An environment with one task whose tests are run as `tests` and `more` say, in plain JavaScript. */
function environment(name: string, program: string, reference: string, cpuMs = 4000): ReadonlyMap<string, string> {
  return new Map([
    [
      "environment.yaml",
      `name: ${name}\ndescription: One with a hole.\nlicence: Apache-2.0\nresource: resource.mjs\ndatasets: [{ name: tasks, path: tasks.jsonl }]\nsandboxes: { candidate: { image: python } }\n`,
    ],
    [
      "resource.mjs",
      `const row = { safeParse: (value) => ({ success: true, data: value }), parse: (value) => value };
const limits = { cpuMs: ${cpuMs}, wallMs: 20000, memoryBytes: 128 << 20 };
const test = (input, expected) => ({ kind: "stdin", input, expected });
export default {
  row,
  async verify(ctx, { services, answer }) {
    const code = answer.split("\\n").slice(1, -1).join("\\n");
    return services.verify(ctx, "candidate", { code, language: "python", limits, ${program} });
  },
};
`,
    ],
    ["tasks.jsonl", `${JSON.stringify({ task_id: "only", responses_create_params: { input: "Do it." } })}\n`],
    ["fixtures/only/reference.py", reference],
    ["fixtures/only/wrong-x.py", "print('something else')\n"],
    ["fixtures/only/hack-x.py", "print('passed')\n"],
  ]);
}

const PRINTS = `print(${JSON.stringify(SECRET)})\n`;
const TESTS = `tests: { kind: "cases", cases: [test("", "${SECRET}")] }`;

describe("env check", () => {
  it.each(SCAFFOLD_KINDS)("passes what env new writes (%s)", async (kind) => {
    const { report, wrong } = await check(`new_${kind}`, scaffold(`new_${kind}`, kind));
    expect(wrong).toEqual([]);
    expect(report).toMatchObject({ tasks: 2, problems: [], ok: true });
    expect(report.checked.filter((one) => one.kind === "suite").length).toBeGreaterThanOrEqual(20);
  });

  it("has nothing against tests that hold", async () => {
    const { report, wrong } = await check("tight", environment("tight", TESTS, PRINTS));
    expect(wrong).toEqual([]);
    const search = report.checked.find(({ kind }) => kind === "search");
    expect(search?.message).toMatch(/^1 texts, \d+ files, \d+ regions of memory/);
  });

  it("finds tests that whoever does nothing passes", async () => {
    const empty = `tests: { kind: "cases", cases: [test("", "")] }`;
    const { report, wrong } = await check("empty", environment("empty", empty, "pass\n"));
    expect(report.ok).toBe(false);
    const rewarded = wrong.map(({ fixture }) => fixture);
    expect(rewarded).toEqual(expect.arrayContaining(["suite-exit-early", "suite-os-exit-early", "suite-patched-time"]));
  });

  it("finds what the tests expect, where a resource lets it in", async () => {
    const leak = `${TESTS}, prelude: "import tempfile; EXPECTED = '".concat("${SECRET}", "'")`;
    const memory = await check("leaks", environment("leaks", leak, PRINTS));
    const found = memory.wrong.map(({ fixture, problem }) => [fixture, problem?.replace(/:.*/, "")]);
    expect(found).toEqual([
      ["suite-searched-frames", "reward 1 instead of 0"],
      ["search", "what a test expects can be found"],
    ]);
    const file = `${TESTS}, prelude: "import os; open('/tmp/hidden' if os.access('/tmp', 2) else 'hidden', 'w').write('${SECRET}')"`;
    const files = await check("files", environment("files", file, PRINTS));
    expect(files.wrong.some(({ kind, problem }) => kind === "search" && problem?.includes("hidden"))).toBe(true);
  });

  it("finds limits that leave a right answer no room", async () => {
    const slow = `import time\n\nwhile time.process_time() < 0.7:\n    pass\n${PRINTS}`;
    const { wrong, report } = await check("slow", environment("slow", TESTS, slow, 1000));
    expect(wrong).toMatchObject([{ kind: "margin", problem: expect.stringContaining("of its cpu limit") as string }]);
    expect(report.margins[0]).toMatchObject({ task: "only", limit: "cpu", test: 0 });
  });
});
