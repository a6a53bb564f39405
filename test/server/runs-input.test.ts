import { describe, expect, test } from "vitest";
import type { InputFile } from "../../src/sandbox/index.ts";
import { post, problemsIn, PROGRAM, RUNS } from "./support/run-requests.ts";
import { serve } from "./support/serve.ts";

describe("input", () => {
  test.each([
    ["left out", {}, undefined],
    ["null", { stdin: null }, undefined],
    ["empty", { stdin: "" }, undefined],
    ["both null", { stdin: null, stdin_base64: null }, undefined],
    ["text", { stdin: "a\0\u{1F600}" }, "a\0\u{1F600}"],
    ["bytes beside null", { stdin: null, stdin_base64: "YQ==" }, "a"],
  ])("%s", async (_name, given, expected) => {
    const harness = await serve();
    expect((await post(harness, RUNS, { ...PROGRAM, ...given })).status).toBe(200);
    const stdin = harness.execution.requests[0]?.cases[0]?.stdin;
    expect(stdin && Buffer.from(stdin).toString()).toBe(expected);
  });

  test("NUL in the code is the program's affair", async () => {
    const harness = await serve();
    expect((await post(harness, RUNS, { language: "python", code: "a\0b" })).status).toBe(200);
    expect(harness.execution.requests[0]?.code).toBe("a\0b");
  });

  test("a program of 10 MB passes", async () => {
    const harness = await serve();
    const code = `${"# äöü\n".repeat(1_250_000)}print(1)`;
    expect(Buffer.byteLength(code)).toBeGreaterThan(10_000_000);
    expect((await post(harness, RUNS, { language: "python", code })).status).toBe(200);
    expect(harness.execution.requests[0]?.code === code).toBe(true);
  });

  test("10,000 files pass, more are refused", async () => {
    const harness = await serve();
    const files = Array.from({ length: 10_000 }, (_, i) => ({ path: `d${i % 100}/f${i}`, text: String(i) }));
    expect((await post(harness, RUNS, { ...PROGRAM, files })).status).toBe(200);
    const sent = harness.execution.requests[0]?.files as readonly InputFile[];
    expect(sent).toHaveLength(10_000);
    const more = await post(harness, RUNS, { ...PROGRAM, files: [...files, { path: "one-more", text: "" }] });
    expect([more.status, problemsIn(more).map(({ field }) => field)]).toEqual([400, ["files"]]);
  });

  test.each([
    [{ code: 1 }, "code"],
    [{ code: null }, "code"],
    [{ code: "a\ud800b" }, "code"],
    [{ stdin: "\udc00" }, "stdin"],
    [{ stdin: 5 }, "stdin"],
    [{ stdin: "a", stdin_base64: "YQ==" }, "stdin_base64"],
    [{ stdin_base64: "YQ=" }, "stdin_base64"],
    [{ stdin_base64: "Y Q==" }, "stdin_base64"],
    [{ stdin_base64: "YQ==\n" }, "stdin_base64"],
    [{ stdin_base64: "Y_-=" }, "stdin_base64"],
    [{ stdin_base64: "=AAA" }, "stdin_base64"],
    [{ language: "" }, "language"],
    [{ language: "py\u0000" }, "language"],
    [{ image: 3 }, "image"],
    [{ args: "x" }, "args"],
    [{ args: ["a\0"] }, "args[0]"],
    [{ args: ["x".repeat(60_000)] }, "args"],
    [{ env: { "A=B": "x" } }, 'env["A=B"]'],
    [{ env: { "": "x" } }, 'env[""]'],
    [{ env: { A: "x\0" } }, "env.A"],
    [{ env: { A: 1 } }, "env.A"],
    [{ env: { A: "1", ["__proto__"]: "2" } }, "env.__proto__"],
    [{ env: { A: "x".repeat(60_000) } }, "env"],
    [{ files: [{ path: "../x", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a/../../x", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "/etc/passwd", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a//b", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "./a", text: "" }] }, "files[0].path"],
    [{ files: [{ path: ".", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a/", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a\0b", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "\ud800", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "ä".repeat(128), text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a/".repeat(40) + "b", text: "" }] }, "files[0].path"],
    [{ files: [{ path: "a" }] }, "files[0].text"],
    [{ files: [{ path: "a", text: "", base64: "" }] }, "files[0].text"],
    [{ files: [{ path: "a", base64: "!" }] }, "files[0].base64"],
    [{ files: [{ path: "a", text: "", mode: 0o1777 }] }, "files[0].mode"],
    [
      {
        files: [
          { path: "a", text: "" },
          { path: "a", text: "" },
        ],
      },
      "files[1].path",
    ],
    [
      {
        files: [
          { path: "a", text: "" },
          { path: "a/b", text: "" },
        ],
      },
      "files[0].path",
    ],
    [{ files: { a: "b" } }, "files"],
    [{ outputs: [{ path: "../../etc/shadow" }] }, "outputs[0].path"],
    [{ outputs: [{ path: "a", limit_bytes: 0 }] }, "outputs[0].limit_bytes"],
    [{ outputs: Array.from({ length: 65 }, (_, i) => ({ path: `f${i}` })) }, "outputs"],
    [
      {
        outputs: [
          { path: "a", limit_bytes: 100 << 20 },
          { path: "b", limit_bytes: 100 << 20 },
        ],
      },
      "outputs",
    ],
    [{ keep_output_bytes: 0 }, "keep_output_bytes"],
    [{ keep_output_bytes: 1 << 30 }, "keep_output_bytes"],
    [{ max_queue_seconds: -1 }, "max_queue_seconds"],
    [{ request_id: "" }, "request_id"],
    [{ sandbox: { mode: "D" } }, "sandbox.mode"],
    [{ sandbox: { isolation: "vm" } }, "sandbox.isolation"],
    [{ limits: { wall_seconds: 0 } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: -1 } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: 1e9 } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: "10" } }, "limits.wall_seconds"],
    [{ limits: { wall_seconds: null } }, "limits.wall_seconds"],
    [{ limits: { memory_mib: 0.5 } }, "limits.memory_mib"],
    [{ limits: { memory_mib: 1e18 } }, "limits.memory_mib"],
    [{ limits: { processes: 0 } }, "limits.processes"],
    [{ limits: { open_files: 1 } }, "limits.open_files"],
    [{ limits: { wall_ms: 5 } }, "limits.wall_ms"],
    [{ compile_limits: { cpu_seconds: -0 } }, "compile_limits.cpu_seconds"],
    [{ timeout: 5 }, "timeout"],
  ])("%j is refused, naming %s", async (wrong, field) => {
    const harness = await serve();
    // As text with escapes: half of a surrogate pair has no UTF-8.
    const reply = await post(harness, RUNS, { ...PROGRAM, ...wrong });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect(problemsIn(reply).map((problem) => problem.field)).toContain(field);
    expect(harness.execution.requests).toHaveLength(0);
  });

  test.each(["NaN", "Infinity", "1e999", "-1e999"])("a limit of %s is refused", async (number) => {
    const harness = await serve();
    const reply = await post(harness, RUNS, `{"language":"python","code":"","limits":{"wall_seconds":${number}}}`);
    expect(reply.status).toBe(400);
    expect(harness.execution.requests).toHaveLength(0);
  });

  test.each(["host", "", null, true, { allow: ["pypi.org"] }])("the network %j is not to be had", async (network) => {
    const reply = await post(await serve(), RUNS, { ...PROGRAM, sandbox: { network } });
    expect([reply.status, reply.error.code]).toEqual([400, "sandbox_unsupported"]);
    expect(reply.error.message).toContain("sandbox.network");
  });

  test("an unknown language names the nearest", async () => {
    const reply = await post(await serve(), RUNS, { language: "pyton", code: "" });
    expect([reply.status, reply.error.code, reply.error.context]).toEqual([
      400,
      "unknown_language",
      { name: "pyton", nearest: "python" },
    ]);
  });

  test("base64 of megabytes is checked without exhausting the stack", async () => {
    const harness = await serve();
    const stdin_base64 = Buffer.alloc(12 << 20, 7).toString("base64");
    expect((await post(harness, RUNS, { ...PROGRAM, stdin_base64 })).status).toBe(200);
    expect(harness.execution.requests[0]?.cases[0]?.stdin).toHaveLength(12 << 20);
    const broken = `${stdin_base64.slice(0, -4)}AA!A`;
    expect((await post(harness, RUNS, { ...PROGRAM, stdin_base64: broken })).status).toBe(400);
  });
});
