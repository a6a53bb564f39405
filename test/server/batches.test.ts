import { describe, expect, test } from "vitest";
import { output, stage } from "./support/memory-execution.ts";
import { BATCHES, eventsOf, post, problemsIn } from "./support/run-requests.ts";
import { serve } from "./support/serve.ts";

const PROGRAM = { language: "cpp", code: "x" };

describe("a batch", () => {
  test("is answered with all its cases", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, { stdin }, index) => ({
      stdout: output(stdin),
      status: index === 1 ? "runtime_error" : "ok",
      exit: { code: index },
    });
    const cases = [{ stdin: "a" }, { stdin_base64: "Yg==" }, {}];
    const { status, json } = await post(harness, BATCHES, { ...PROGRAM, cases, parallel: 2, request_id: "b" });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      request_id: "b",
      language: "cpp",
      image: "gcc",
      status: "runtime_error",
      compile: { status: "ok" },
      cases: [
        { status: "ok", exit_code: 0, stdout: { text: "a" } },
        { status: "runtime_error", exit_code: 1, stdout: { text: "b" } },
        { status: "ok", exit_code: 2, stdout: { text: "" } },
      ],
    });
    expect(harness.execution.requests[0]).toMatchObject({ parallel: 2, stopAtFirstFailure: false });
  });

  test("leaves out what was not run", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, index) => ({ status: index === 0 ? "time_limit" : "ok" });
    const cases = [{}, {}, {}];
    const stopped = await post(harness, BATCHES, { ...PROGRAM, cases, stop_at_first_failure: true });
    expect(stopped.json).toMatchObject({ status: "time_limit", cases: [{ status: "time_limit" }, null, null] });
    harness.execution.compile = () => stage({ status: "time_limit", exit: null });
    const broken = await post(harness, BATCHES, { ...PROGRAM, cases });
    expect(broken.json).toMatchObject({
      status: "compile_error",
      compile: { status: "time_limit" },
      cases: [null, null, null],
    });
  });

  test("keeps less of each case the more there are, unless it is told how much", async () => {
    const harness = await serve();
    const cases = Array.from({ length: 1024 }, () => ({}));
    expect((await post(harness, BATCHES, { ...PROGRAM, cases })).status).toBe(200);
    expect((await post(harness, BATCHES, { ...PROGRAM, cases: [{}, {}] })).status).toBe(200);
    expect((await post(harness, BATCHES, { ...PROGRAM, cases, keep_output_bytes: 60_000 })).status).toBe(200);
    expect(harness.execution.requests.map(({ keepBytes }) => keepBytes)).toEqual([32 << 10, 1 << 20, 60_000]);
  });

  test("that becomes too much for the memory of answers is ended", async () => {
    const harness = await serve({ bounds: { answerBytesInAll: 1 << 20 } });
    let played = 0;
    harness.execution.play = async () => {
      played++;
      return { stdout: { head: Buffer.alloc(100_000, 65), tail: Buffer.alloc(0), dropped: 0 } };
    };
    const cases = Array.from({ length: 100 }, () => ({}));
    const reply = await post(harness, BATCHES, { ...PROGRAM, cases });
    expect([reply.status, reply.error.code, reply.headers["retry-after"]]).toEqual([503, "overloaded", "5"]);
    expect(played).toBeLessThan(15);
    // What was held is free again.
    expect((await post(harness, BATCHES, { ...PROGRAM, cases: cases.slice(0, 9) })).status).toBe(200);
    expect((await post(harness, BATCHES, { ...PROGRAM, cases: cases.slice(0, 9) })).status).toBe(200);
  });

  test.each([
    [{ cases: [] }, "cases"],
    [{ cases: Array.from({ length: 1025 }, () => ({})) }, "cases"],
    [{ cases: [{}, { stdin: "a", stdin_base64: "YQ==" }] }, "cases[1].stdin_base64"],
    [{ cases: [{ args: ["x".repeat(60_000)] }] }, "cases[0].args"],
    [{ cases: [{ code: "x" }] }, "cases[0].code"],
    [{ cases: [{}], stdin: "x" }, "stdin"],
    [{ cases: [{}], parallel: 0 }, "parallel"],
    [{ cases: [{}], stop_at_first_failure: "yes" }, "stop_at_first_failure"],
    [{ files: [{ path: "a", text: "" }], cases: [{ files: [{ path: "a", text: "" }] }] }, "cases[0].files[0].path"],
    [{ files: [{ path: "a/b", text: "" }], cases: [{ files: [{ path: "a", text: "" }] }] }, "cases[0].files[0].path"],
    [{ files: [{ path: "a", text: "" }], cases: [{ files: [{ path: "a/b", text: "" }] }] }, "cases[0].files[0].path"],
    [{ cases: Array.from({ length: 100 }, () => ({})), keep_output_bytes: 1 << 20 }, "keep_output_bytes"],
    [{ cases: Array.from({ length: 100 }, () => ({ outputs: [{ path: "f", limit_bytes: 2 << 20 }] })) }, "cases"],
  ])("%#. is refused, naming %s", async (wrong, field) => {
    const harness = await serve();
    const reply = await post(harness, BATCHES, { ...PROGRAM, ...wrong });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(problemsIn(reply).map((problem) => problem.field)).toContain(field);
    expect(harness.execution.requests).toHaveLength(0);
  });

  test("files of batch and cases come together, the same name in two cases too", async () => {
    const harness = await serve();
    const files = [{ path: "shared/a", text: "1" }];
    const cases = [{ files: [{ path: "in", text: "1" }] }, { files: [{ path: "in", text: "2" }] }];
    expect((await post(harness, BATCHES, { ...PROGRAM, files, cases })).status).toBe(200);
    expect(harness.execution.requests[0]?.cases[1]?.files).toEqual([{ path: "in", data: Buffer.from("2") }]);
  });
});

describe("the stream of a batch", () => {
  test("tells of the compiler, of each case as it completes, and of the end", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, index) => ({ status: index === 2 ? "memory_limit" : "ok" });
    const reply = await post(harness, `${BATCHES}/stream`, { ...PROGRAM, cases: [{}, {}, {}], request_id: "s" });
    const events = eventsOf(reply);
    expect(events.map(([name, data]) => [name, data["index"], data["status"]])).toEqual([
      ["compiled", undefined, "ok"],
      ["case", 0, "ok"],
      ["case", 1, "ok"],
      ["case", 2, "memory_limit"],
      ["end", undefined, "memory_limit"],
    ]);
    expect(events.at(-1)?.[1]).toMatchObject({ request_id: "s", cases_run: 3, cases_ok: 2, language: "cpp" });
  });

  test("of a program that does not compile has no cases", async () => {
    const harness = await serve();
    harness.execution.compile = () => stage({ status: "runtime_error", exit: { code: 1 } });
    const events = eventsOf(await post(harness, `${BATCHES}/stream`, { ...PROGRAM, cases: [{}, {}] }));
    expect(events.map(([name, data]) => [name, data["status"]])).toEqual([
      ["compiled", "runtime_error"],
      ["end", "compile_error"],
    ]);
    expect(events.at(-1)?.[1]).toMatchObject({ cases_run: 0, cases_ok: 0 });
  });
});
