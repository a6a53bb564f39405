import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { ExecutionEngine, ExecutionRequest } from "../../src/execution/index.ts";
import { DEFAULT_POOL_LIMITS, SandboxPools } from "../../src/sandbox/index.ts";
import { ctx, openProvider, text } from "../support/sandboxes.ts";
import { engineOf } from "./support/engines.ts";

let engine: ExecutionEngine;
let close = async () => {};

beforeAll(async () => {
  const opened = await openProvider("docker");
  const pools = new SandboxPools({
    provider: opened.provider,
    limits: DEFAULT_POOL_LIMITS,
    clock: systemClock,
    logger: silentLogger,
  });
  engine = engineOf({ pools });
  close = async () => {
    await engine.close();
    await pools.close();
    opened.close();
    await opened.dispose?.();
  };
});
afterAll(() => close());

const PROGRAM = "import os\nprint(SAW, os.listdir())\nos.write(3, b'answer')";
const TESTS = `import os, sys
report = [os.read(3, 100).decode(), SAW, os.listdir(), sys.argv[1]]
open("report.json", "w").write(repr(report))`;

const run = (more: Partial<ExecutionRequest>) =>
  engine.run(ctx, { language: "paired", code: PROGRAM, cases: [{}], tests: { program: TESTS }, ...more });

it("compiles program and tests apart and shows neither to the other", async () => {
  const files = [{ path: "entry.txt", data: Buffer.from("x") }];
  const { compile, testsCompile, cases } = await run({ files });
  expect(compile).toMatchObject({ status: "ok", files: [] });
  expect(testsCompile).toMatchObject({ status: "ok", files: [] });
  const [stage] = cases;
  expect(stage).toMatchObject({ status: "ok", tests: { status: "ok" } });
  expect(text(stage?.stdout ?? { head: Buffer.of(), tail: Buffer.of() })).toMatch(
    /^\[('main.py', 'entry.txt'|'entry.txt', 'main.py')\] \[('entry.txt', 'out'|'out', 'entry.txt')\]\n$/,
  );
  expect(Buffer.from(stage?.tests?.report ?? "").toString()).toBe("['answer', ['tests.py'], ['judge'], '128']");
});

it("runs nothing for a program that does not compile", async () => {
  const { compile, testsCompile, cases } = await run({ code: "def" });
  expect(compile).toMatchObject({ status: "runtime_error" });
  expect(testsCompile).toMatchObject({ status: "ok" });
  expect(cases).toEqual([null]);
});

it("does not even compile the program when its tests do not compile", async () => {
  const { compile, testsCompile, cases } = await run({ code: "def", tests: { program: "def" } });
  expect(testsCompile).toMatchObject({ status: "runtime_error" });
  expect(compile).toBeNull();
  expect(cases).toEqual([null]);
});

it("runs every case with tests of its own", async () => {
  const { cases } = await run({ cases: [{}, {}, {}] });
  for (const stage of cases) expect(Buffer.from(stage?.tests?.report ?? "").toString()).toContain("answer");
  expect(cases).toHaveLength(3);
});

it("refuses such tests where a language has no bridge for them, naming the field", async () => {
  const refused = (more: Partial<ExecutionRequest>) => expect(run(more)).rejects;
  const problem = (field: string) => ({ code: "invalid_request", context: { fields: [{ field }] } });
  await refused({ language: "python" }).toMatchObject(problem("tests"));
  await refused({ language: "bash" }).toMatchObject(problem("tests"));
  await refused({ prelude: "x" }).toMatchObject(problem("prelude"));
  await refused({ tests: { source: "", options: {} } }).toMatchObject(problem("tests"));
});
