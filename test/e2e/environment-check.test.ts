import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { cliServices } from "../../src/compose/services.ts";
import { loadConfig } from "../../src/config/index.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { CheckedFixture } from "../../src/resources/check/index.ts";
import { builtImages } from "../environments/support/built-images.ts";

const built = await builtImages();
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Given {
  /** Holds further environments. */
  readonly root?: string;
  readonly repeats?: number;
  readonly tasks?: readonly string[] | undefined;
}

/** Checks an environment as `sandlot env check` does. */
async function check(name: string, provider: "docker" | "local", { root, repeats = 2, tasks }: Given = {}) {
  const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
  const flags = [
    flag("sandbox.provider", provider),
    flag("sandbox.slots_per_sandbox", 2),
    ...(root ? [flag("environments.paths", [root])] : []),
  ];
  const { config } = loadConfig({ env: {}, workingDirectory: tmpdir(), flags });
  const seen: CheckedFixture[] = [];
  const counts: [number, number][] = [];
  const report = await cliServices.checkEnvironment({
    config,
    logger: silentLogger,
    name,
    tasks,
    repeats,
    onChecked: (checked, done, total) => {
      seen.push(checked);
      counts.push([done, total]);
    },
  });
  return { report, seen, counts };
}

const CODE_GEN_TASKS = readFileSync(join(import.meta.dirname, "../../environments/code_gen/data/tasks.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => (JSON.parse(line) as { task_id: string }).task_id);

describe("the environments that ship with Sandlot", () => {
  const everyFourth = CODE_GEN_TASKS.filter((_, i) => i % 4 === 0);

  it.each([
    ["local", "all tasks", undefined],
    ["docker", "every fourth task", everyFourth],
  ] as const)(
    "code_gen passes its own check (%s, %s)",
    async (provider, _what, tasks) => {
      const { report, seen, counts } = await check("code_gen", provider, { tasks });
      const expected = { environment: "code_gen", provider, tasks: tasks?.length ?? 28, problems: [], ok: true };
      expect(report.checked.filter(({ problem }) => problem !== null)).toEqual([]);
      expect(report).toMatchObject(expected);
      const total = report.checked.length;
      expect(counts).toEqual(Array.from({ length: total }, (_, i) => [i + 1, total]));
      expect(new Set(seen)).toEqual(new Set(report.checked));
      // Every task has been tried with each kind that must be there, and with nothing at all.
      for (const kind of ["reference", "wrong", "hack", "empty", "garbage", "suite", "repeats", "search"] as const) {
        const tried = new Set(report.checked.filter((checked) => checked.kind === kind).map(({ task }) => task));
        expect(tried, kind).toEqual(new Set(tasks ?? CODE_GEN_TASKS));
      }
    },
    480_000,
  );

  it.skipIf(!["cpp", "java", "javascript"].every((image) => built.has(image)))(
    "human_eval_x passes its own check (docker, one task per language; skipped where one of its images is not built)",
    async () => {
      const tasks = ["CPP/last-letters", "Java/longest-climb", "JavaScript/by-initial"];
      const { report } = await check("human_eval_x", "docker", { tasks });
      expect(report.checked.filter(({ problem }) => problem !== null)).toEqual([]);
      expect(report).toMatchObject({ environment: "human_eval_x", tasks: 3, problems: [], ok: true });
    },
    600_000,
  );
});

describe("the environments that need no sandbox", () => {
  it.each([
    ["mcqa", 10],
    ["string_match", 9],
    ["instruction_following", 11],
    ["xlam_fc", 8],
    ["google_search", 8],
  ])("%s passes its own check", async (name, tasks) => {
    const { report } = await check(name, "local");
    expect(report.checked.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(report).toMatchObject({ environment: name, tasks, problems: [], ok: true });
  });
});

const MANIFEST = `
name: broken
description: An environment with one of every mistake.
licence: Apache-2.0
resource: resource.mjs
datasets: [{ name: tasks, path: tasks.jsonl }]
`;

/** Right is what holds the word "right"; written in plain JavaScript, without imports. */
const RESOURCE = `
const row = {
  safeParse: (value) => ({ success: true, data: value }),
  parse: (value) => value,
};
let moods = 0;
export default {
  row,
  async verify(ctx, { row, answer }) {
    if (row.task_id === "throws") throw new Error("the resource has a hole");
    if (row.task_id === "moody" && answer.endsWith("right")) return verdict(moods++ < 2 ? 1 : 0, answer);
    if (row.task_id === "nan") return verdict(Number.NaN, answer);
    return verdict(answer.includes("right") ? 1 : 0, answer);
  },
};
const verdict = (reward, answer) => ({
  reward,
  status: reward === 1 ? "passed" : "failed",
  reason: reward === 1 ? null : answer.includes("slow") ? "time_limit" : "wrong_answer",
  message: reward === 1 ? "passed" : "not right",
  answer,
  cases: [],
  tests: 1,
  flaky: false,
  sandbox: null,
});
`;

const row = (id: string) =>
  JSON.stringify({ task_id: id, responses_create_params: { input: [{ role: "user", content: id }] } });

/** Fixtures of a task with which nothing is wrong. */
const GOOD = { "reference.md": "right", "honest-other.md": "right, too", "wrong-x.md": "no", "hack-x.md": "cheat" };

async function writeEnvironment(
  tasks: readonly string[],
  fixtures: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "sandlot-environments-"));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const write = async (name: string, text: string) => {
    const path = join(root, "broken", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  await write("environment.yaml", MANIFEST);
  await write("resource.mjs", RESOURCE);
  await write("tasks.jsonl", `${tasks.map(row).join("\n")}\n`);
  for (const [task, files] of Object.entries(fixtures)) {
    for (const [name, text] of Object.entries(files)) await write(join("fixtures", task, name), text);
  }
  return root;
}

describe("an environment of one's own, in a folder outside the package", () => {
  it("passes when its fixtures get what their names promise", async () => {
    const root = await writeEnvironment(["one", "two"], {
      one: GOOD,
      two: { ...GOOD, "loop-x.md": "slow", "hack-slow.md": "slow" },
    });
    const { report } = await check("broken", "local", { root });
    expect(report.checked.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(report).toMatchObject({ environment: "broken", tasks: 2, problems: [], ok: true });
    // Beside the fixtures: nothing and nonsense, and what only a reference shows.
    expect(report.checked).toHaveLength(10 + 4 + 6);
  });

  it("is told every mistake by task and fixture", async () => {
    const root = await writeEnvironment(["fine", "failing", "hacked", "misnamed", "bare", "throws", "nan"], {
      fine: GOOD,
      failing: { ...GOOD, "reference.md": "no", "honest-other.md": "no" },
      hacked: { ...GOOD, "hack-word.md": "the word right", "wrong-lucky.md": "right" },
      misnamed: { ...GOOD, "loop-quick.md": "no", "wrong-slow.md": "slow" },
      throws: GOOD,
      nan: GOOD,
      orphan: { "reference.md": "right" },
    });
    const { report } = await check("broken", "local", { root });
    expect(report.ok).toBe(false);
    expect(report.problems).toEqual([
      "task bare has no reference fixture",
      "task bare has no wrong fixture",
      "task bare has no hack fixture",
    ]);
    const found = new Map<string, string>();
    for (const { task, fixture, problem } of report.checked) if (problem) found.set(`${task}/${fixture}`, problem);
    const alike = (task: string, problem: string) =>
      [...Object.keys(GOOD).map((file) => file.replace(".md", "")), "empty", "garbage"].map(
        (fixture) => [`${task}/${fixture}`, problem] as const,
      );
    expect(Object.fromEntries(found)).toEqual({
      "failing/reference": "reward 0 instead of 1",
      "failing/honest-other": "reward 0 instead of 1",
      "hacked/hack-word": "reward 1 instead of 0",
      "hacked/wrong-lucky": "reward 1 instead of 0",
      "misnamed/loop-quick": "failed for wrong_answer instead of time_limit",
      "misnamed/wrong-slow": "failed for time_limit instead of wrong_answer",
      "orphan/reference": "the dataset has no task orphan",
      ...Object.fromEntries(
        alike("throws", "verification failed: resource failed: environment broken, the resource has a hole"),
      ),
      ...Object.fromEntries(alike("nan", "verification failed: verifier failed: the reward is not a finite number")),
    });
  });

  it("is checked for the tasks that are named, and no others", async () => {
    const root = await writeEnvironment(["one", "two", "bare"], { one: GOOD, two: GOOD, orphan: GOOD });
    const { report } = await check("broken", "local", { root, tasks: ["two", "two"] });
    expect(report).toMatchObject({ tasks: 1, problems: [], ok: true });
    expect(new Set(report.checked.map(({ task }) => task))).toEqual(new Set(["two"]));
    const bare = await check("broken", "local", { root, tasks: ["one", "bare"] });
    expect(bare.report).toMatchObject({ tasks: 2, ok: false });
    expect(bare.report.problems[0]).toBe("task bare has no reference fixture");
    await expect(check("broken", "local", { root, tasks: ["one", "twoo"] })).rejects.toMatchObject({
      code: "unknown_task",
      context: { name: "twoo", nearest: "two" },
    });
  });

  it("is told when repeats disagree", async () => {
    const root = await writeEnvironment(["moody"], { moody: GOOD });
    const { report } = await check("broken", "local", { root, repeats: 4 });
    expect(report.checked.filter(({ problem }) => problem !== null)).toMatchObject([
      { task: "moody", kind: "repeats", problem: "4 repeats disagree: reward 1, passed; reward 0, wrong_answer" },
    ]);
  });

  it("is told about a fixture whose kind nobody knows", async () => {
    const root = await writeEnvironment(["one"], { one: { ...GOOD, "referense.md": "right" } });
    await expect(check("broken", "local", { root })).rejects.toThrow("fixtures/one/referense.md");
  });

  it("is told about a resource that cannot be imported, and about a name that is nearly right", async () => {
    const root = await writeEnvironment(["one"], { one: GOOD });
    await writeFile(join(root, "broken", "resource.mjs"), "export default {");
    await expect(check("broken", "local", { root })).rejects.toMatchObject({ code: "invalid_config" });
    await expect(check("brocken", "local", { root })).rejects.toMatchObject({
      code: "unknown_environment",
      context: { name: "brocken", nearest: "broken" },
    });
  });
});
