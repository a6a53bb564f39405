import { describe, expect, it } from "vitest";
import { sandboxFusion } from "../../../src/compat/sandbox-fusion/index.ts";
import { output, stage } from "../../server/support/memory-execution.ts";
import { type Harness, serve } from "../../server/support/serve.ts";

interface Result {
  readonly accepted: boolean;
  readonly tests: readonly {
    passed: boolean;
    exec_info: { status: string; compile_result: unknown; run_result: { stdout: string } | null };
    test_info: { input: { stdin: string } };
  }[];
}

const open = () => serve({ surfaces: [sandboxFusion] });
const cases = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ input: { stdin: `${i}` }, output: { stdout: `${i}` } }));

async function submit({ send }: Harness, test: unknown, extra: object = {}, language = "python"): Promise<Result> {
  const provided_data = { id: 1, content: "", labels: {}, test };
  const config = { dataset_type: "CommonOJDataset", language, provided_data, extra };
  const body = JSON.stringify({ dataset: "d", id: 1, completion: "```\n1\n```", config });
  const reply = await send({ path: "/submit", body });
  expect(reply.status).toBe(200);
  return reply.json as unknown as Result;
}

describe("a CommonOJ submission", () => {
  it("is one batch, compiled once", async () => {
    const harness = await open();
    const { accepted, tests } = await submit(harness, cases(50), {}, "cpp");
    expect([accepted, tests.length, harness.execution.requests.length]).toEqual([true, 50, 1]);
    expect(tests[49]?.exec_info.compile_result).toMatchObject({ status: "Finished", return_code: 0 });
  });

  it("ends with the first case, in order, that fails, whenever it comes in", async () => {
    const harness = await open();
    harness.execution.play = async (_ctx, { stdin }, index) => ({ stdout: output(index === 2 ? "no" : (stdin ?? "")) });
    const { accepted, tests } = await submit(harness, cases(9));
    expect([accepted, tests.map(({ passed }) => passed)]).toEqual([false, [true, true, false]]);
    const all = await submit(harness, cases(9), { run_all_cases: true });
    expect([all.accepted, all.tests.length, all.tests.filter(({ passed }) => passed).length]).toEqual([false, 9, 8]);
  });

  it("stops the cases that are decided", async () => {
    const harness = await open();
    let played = 0;
    harness.execution.play = async () => {
      played++;
      return { stdout: output("no") };
    };
    await submit(harness, cases(9));
    expect(played).toBe(1);
  });

  it("fails in its first case when it does not compile, or in all of them", async () => {
    const harness = await open();
    harness.execution.compile = () => stage({ status: "runtime_error", exit: { code: 1 }, stderr: output("error") });
    const { accepted, tests } = await submit(harness, cases(3), {}, "cpp");
    expect(accepted).toBe(false);
    expect(tests).toMatchObject([
      { exec_info: { status: "Failed", compile_result: { stderr: "error" }, run_result: null } },
    ]);
    expect((await submit(harness, cases(3), { run_all_cases: true }, "cpp")).tests).toHaveLength(3);
  });

  it("does not pass a case that printed all and then failed", async () => {
    const harness = await open();
    harness.execution.play = async () => ({ status: "runtime_error", exit: { code: 1 }, stdout: output("0") });
    expect((await submit(harness, cases(1))).accepted).toBe(false);
  });

  it("is refused without cases", async () => {
    const harness = await open();
    for (const test of [[], "[]", {}, "x", null]) {
      const config = { dataset_type: "CommonOJDataset", language: "python", provided_data: { test } };
      const body = JSON.stringify({ dataset: "d", id: 1, completion: "", config });
      expect((await harness.send({ path: "/submit", body })).status).toBe(422);
    }
    expect(harness.execution.requests).toEqual([]);
  });

  it("is judged in several batches when its outputs are too large to be held at once", async () => {
    const harness = await open();
    const large = "9".repeat(4_000_000);
    const { accepted, tests } = await submit(
      harness,
      Array.from({ length: 20 }, (_, i) => ({
        input: { stdin: i === 0 ? large : "1" },
        output: { stdout: i === 0 ? large : "1" },
      })),
    );
    expect([accepted, tests.length]).toEqual([true, 20]);
    expect(harness.execution.requests.length).toBeGreaterThan(1);
    for (const { keepBytes = 0, cases: batch } of harness.execution.requests) {
      expect(keepBytes).toBeGreaterThan(large.length);
      expect(2 * keepBytes * batch.length).toBeLessThanOrEqual(512 * 2 ** 20);
    }
  });

  it("shows long cases in part where they are passed, unless asked", async () => {
    const harness = await open();
    const test = [{ input: { stdin: "😀".repeat(1500) }, output: { stdout: "😀".repeat(1500) } }];
    const { tests } = await submit(harness, test);
    expect(tests[0]?.test_info.input.stdin).toBe(`${"😀".repeat(498)}...${"😀".repeat(498)}`);
    const full = await submit(harness, test, { return_full_case: true });
    expect(full.tests[0]?.test_info.input.stdin).toHaveLength(3000);
  });

  it("keeps its answer within bounds", async () => {
    const harness = await open();
    harness.execution.play = async () => ({ stdout: output("x".repeat(1_000_000)) });
    const { tests } = await submit(harness, cases(100), { run_all_cases: true });
    const shown = tests.reduce((sum, { exec_info }) => sum + (exec_info.run_result?.stdout.length ?? 0), 0);
    expect([tests.length, shown < 70_000_000]).toEqual([100, true]);
  });

  it("gives ids back that no number can hold", async () => {
    const harness = await open();
    const config = { dataset_type: "CommonOJDataset", language: "python", provided_data: { test: cases(1) } };
    const body = JSON.stringify({ dataset: "d", id: 7, completion: "", config }).replace(
      '"id":7',
      '"id":9007199254740993',
    );
    expect((await harness.send({ path: "/submit", body })).text).toMatch(/^\{"id":9007199254740993,"accepted":true,/);
  });
});

describe("an AutoEval submission", () => {
  it("is accepted when its program ends well, and with its flag", async () => {
    const harness = await open();
    const provided_data = { labels: { programming_language: "python" }, test: { code: "assert f" } };
    const send = (extra: object) => {
      const config = { dataset_type: "AutoEvalDataset", provided_data, extra };
      return harness.send({ path: "/submit", body: JSON.stringify({ dataset: "d", id: "a", completion: "", config }) });
    };
    expect((await send({})).json).toMatchObject({ id: "a", accepted: true, extra: {} });
    expect((await send({ append_flag: true })).json).toMatchObject({ accepted: false });
    expect(harness.execution.requests[0]).toMatchObject({
      limits: { wallMs: 20_000 },
      compileLimits: { wallMs: 20_000 },
    });
  });
});

describe("custom_extract_logic", () => {
  it("runs in a sandbox, and what it leaves there is read as any input", async () => {
    const harness = await open();
    let blocks: unknown = [{ priority: 40, language: "python", code: "found" }];
    harness.execution.play = async (_ctx, { outputs }) =>
      outputs
        ? { files: [{ path: "blocks.json", status: "ok", data: Buffer.from(JSON.stringify(blocks)) }] }
        : { stdout: output("0") };
    const config = {
      dataset_type: "CommonOJDataset",
      language: "python",
      provided_data: { test: cases(1) },
      custom_extract_logic: "submit_code_blocks([])",
    };
    const send = () =>
      harness.send({ path: "/submit", body: JSON.stringify({ dataset: "d", id: 1, completion: "", config }) });
    expect((await send()).json).toMatchObject({ accepted: true, extracted_code: "found" });
    blocks = [{ priority: "high" }];
    expect((await send()).status).toBe(422);
    blocks = "x";
    expect((await send()).status).toBe(422);
  });
});
