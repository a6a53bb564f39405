import { request as openRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { sandboxFusion } from "../../../src/compat/sandbox-fusion/index.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { output } from "../../server/support/memory-execution.ts";
import { type Harness, serve, until } from "../../server/support/serve.ts";

const open = () => serve({ surfaces: [sandboxFusion] });

async function run({ send }: Harness, body: object) {
  const { status, json } = await send({ path: "/run_jupyter", body: JSON.stringify(body) });
  expect(status).toBe(200);
  return json;
}

describe("a notebook", () => {
  it("has its cells run one after another in one session, which is closed", async () => {
    const harness = await open();
    harness.execution.answer = async (_ctx, { code }) => ({ value: code === "a" ? "1" : null, stdout: output(code) });
    const files = { "d/in.txt": "QQ==" };
    const answer = await run(harness, {
      cells: ["a", "b;", "c"],
      files,
      fetch_files: ["missing"],
      memory_limit_MB: 64,
    });
    expect(answer).toMatchObject({
      status: "Success",
      message: "",
      driver: { status: "Finished", return_code: 0, stdout: "", stderr: "" },
      cells: [
        { stdout: "a", stderr: "", display: [{ "text/plain": "1" }], error: [] },
        { stdout: "b;", display: [] },
        { stdout: "c", display: [] },
      ],
      files: {},
    });
    expect(harness.execution.opened).toMatchObject([
      { language: "python", isolation: "slot", files: [{ path: "d/in.txt" }], limits: { memoryBytes: 64 << 20 } },
    ]);
    expect(
      harness.execution.sessions.list(harness.execution.contexts[0] ?? ({ principal: { tenant: "default" } } as never)),
    ).toEqual([]);
  });

  it("goes on after an exception", async () => {
    const harness = await open();
    harness.execution.answer = async (_ctx, { code }) =>
      code === "1/0"
        ? { status: "error", error: { name: "ZeroDivisionError", message: "division by zero", traceback: "a\nb" } }
        : { value: "2" };
    expect(await run(harness, { cells: ["1/0", "x\0", "2"] })).toMatchObject({
      status: "Success",
      cells: [
        { error: [{ ename: "ZeroDivisionError", evalue: "division by zero", traceback: ["a", "b"] }] },
        { error: [{ ename: "SyntaxError" }] },
        { display: [{ "text/plain": "2" }] },
      ],
    });
    expect(harness.execution.calls).toHaveLength(2);
  });

  it("interrupts a cell that takes too long, and goes on", async () => {
    const harness = await open();
    harness.execution.answer = async (_ctx, { code }) => (code === "slow" ? { status: "interrupted" } : {});
    const answer = await run(harness, { cells: ["slow", "next"], cell_timeout: 1.5 });
    expect(answer).toMatchObject({
      status: "Success",
      cells: [{ error: [{ ename: "KeyboardInterrupt" }] }, { error: [] }],
    });
    expect(harness.execution.calls).toMatchObject([{ wallMs: 1500 }, { wallMs: 1500 }]);
  });

  it("keeps what was done when its time is over", async () => {
    const harness = await open();
    harness.execution.answer = async (_ctx, { code }) =>
      code === "slow" ? { status: "interrupted" } : { stdout: output("1") };
    expect(await run(harness, { cells: ["one", "slow", "never"], total_timeout: 5 })).toMatchObject({
      status: "Failed",
      driver: { status: "TimeLimitExceeded", return_code: null },
      cells: [{ stdout: "1" }, { error: [{ ename: "KeyboardInterrupt" }] }],
    });
    expect(await run(harness, { cells: ["one"], total_timeout: -10 })).toMatchObject({
      status: "Failed",
      driver: { status: "TimeLimitExceeded" },
      cells: [],
    });
  });

  it.each([
    [{ exit: { code: 3 } }, 3],
    [{ exit: { code: 0 } }, -9],
    [{ exit: { signal: 11 } }, -11],
    [{ exit: null, limit: "memory" as const }, -9],
  ])("fails when a cell ends the session: %j", async (ended, code) => {
    const harness = await open();
    harness.execution.answer = async () => ({ status: "ended", ...ended });
    expect(await run(harness, { cells: ["import os; os._exit(0)", "never"] })).toMatchObject({
      status: "Failed",
      driver: { status: "Finished", return_code: code },
      cells: [{ error: [{ ename: "DeadKernelError" }] }],
    });
  });

  it("is 504 when its cells are more than the memory for answers, which comes back", async () => {
    const harness = await serve({ surfaces: [sandboxFusion], bounds: { answerBytesInAll: 1 << 20 } });
    harness.execution.answer = async () => ({ stdout: output("A".repeat(400_000)) });
    const notebook = (...cells: string[]) => harness.send({ path: "/run_jupyter", body: JSON.stringify({ cells }) });
    const refused = await notebook("1", "2", "3", "never");
    expect([refused.status, refused.headers["retry-after"]]).toEqual([504, "5"]);
    expect(harness.execution.calls).toHaveLength(3);
    for (let i = 0; i < 3; i++) {
      const reply = await notebook("1", "2");
      expect([reply.status, reply.headers["content-length"]]).toEqual([200, undefined]);
    }
  });

  it("has its session closed by a call that still counts when the client has gone", async () => {
    const harness = await open();
    const { sessions } = harness.execution;
    const close = sessions.close.bind(sessions);
    const closed: boolean[] = [];
    sessions.close = (ctx, id) => {
      closed.push(ctx.signal.aborted);
      return close(ctx, id);
    };
    harness.execution.answer = (ctx) =>
      new Promise((_resolve, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error)));
    const request = openRequest({ host: "127.0.0.1", port: harness.server.port, path: "/run_jupyter", method: "POST" });
    request.on("error", () => undefined);
    request.end(JSON.stringify({ cells: ["slow"] }));
    await until(() => harness.execution.calls.length === 1);
    request.destroy();
    await until(() => closed.length === 1);
    expect(closed).toEqual([false]);
  });

  it("says which files are outside the workspace", async () => {
    const harness = await open();
    const fetch_files = ["/etc/passwd", "../x", "missing"];
    const message = 'not fetched, since outside the workspace: "/etc/passwd", "../x"';
    expect(await run(harness, { cells: ["1"], fetch_files })).toMatchObject({ status: "Success", message, files: {} });
    expect(await run(harness, { cells: ["1"], fetch_files, total_timeout: -10 })).toMatchObject({ message });
  });

  it("fails when the session is gone before a cell", async () => {
    const harness = await open();
    harness.execution.answer = async () => {
      throw new SandlotError("session_ended", { session_id: "s", reason: "exit", detail: null });
    };
    expect(await run(harness, { cells: ["1"] })).toMatchObject({ status: "Failed", cells: [{ stdout: "" }] });
  });

  it("is a SandboxError when the fault is ours, and 504 when there is no place", async () => {
    const harness = await open();
    harness.execution.answer = async () => {
      throw new SandlotError("sandbox_lost", { sandbox_id: "s", detail: "gone", cause: "engine" });
    };
    expect(await run(harness, { cells: ["1"] })).toMatchObject({ status: "SandboxError", driver: null, cells: [] });
    harness.execution.answer = async () => {
      throw new SandlotError("queue_full", { resource: "sessions", retry_after: 1 });
    };
    const body = JSON.stringify({ cells: ["1"] });
    expect((await harness.send({ path: "/run_jupyter", body })).status).toBe(504);
  });
});
