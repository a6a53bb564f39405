import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DialectServer, openDialectServer } from "./support/server.ts";
import { send } from "./support/recordings.ts";

interface RunBody {
  readonly status: string;
  readonly message: string;
  readonly compile_result: { readonly status: string; readonly execution_time: number } | null;
  readonly run_result: {
    readonly status: string;
    readonly return_code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  } | null;
  readonly files: Readonly<Record<string, string>>;
}

interface SubmitBody {
  readonly accepted: boolean;
  readonly extracted_code: string;
  readonly tests: readonly { readonly passed: boolean; readonly exec_info: RunBody }[];
}

const MIB = 1024 * 1024;

/** What no recording holds, in real sandboxes. */
describe("programs sent in SandboxFusion's dialect", () => {
  let server: DialectServer;
  beforeAll(async () => {
    server = await openDialectServer();
  });
  afterAll(() => server.close());

  async function post<T>(path: string, body: unknown): Promise<T> {
    const reply = await send(server.port, { method: "POST", path, body });
    expect(reply).toMatchObject({ status: 200 });
    return reply.body as T;
  }
  const run = (code: string, fields: object = {}) =>
    post<RunBody>("/run_code", { code, language: "python", run_timeout: 20, ...fields });

  it("have a large output whole, a larger one marked, and an endless one ended", async () => {
    const whole = await run(`import sys; sys.stdout.write("x" * ${4 * MIB})`);
    expect([whole.status, whole.message, whole.run_result?.stdout.length]).toEqual(["Success", "", 4 * MIB]);
    const marked = await run(`import sys; sys.stdout.write("<" + "x" * ${16 * MIB} + ">")`);
    expect([marked.status, marked.run_result?.return_code]).toEqual(["Success", 0]);
    expect(marked.message).toBe(`${12 * MIB + 2} bytes of stdout are left out`);
    expect(marked.run_result?.stdout).toMatch(/^<x+\n… \d+ bytes …\nx+>$/);
    const endless = await run('while True: print("x" * 10_000)');
    expect([endless.status, endless.run_result?.status, endless.run_result?.return_code]).toEqual([
      "Failed",
      "Finished",
      -9,
    ]);
    expect(endless.message).toContain("output");
  });

  it("take a large input that they need not read, and many files", async () => {
    const unread = await run("print(1)", { stdin: "x".repeat(8 * MIB) });
    expect(unread).toMatchObject({ status: "Success", run_result: { stdout: "1\n" } });
    const files = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`d${i % 50}/f${i}`, "QQ=="]));
    const many = await run("import os; print(sum(len(f) for _, _, f in os.walk('.')))", { files });
    expect(many).toMatchObject({ status: "Success", run_result: { stdout: "2000\n" } });
  });

  it("have files fetched up to a bound, and never through links", async () => {
    const code = `
import os
open("small", "w").write("s")
with open("large", "wb") as file: file.truncate(${12 * MIB})
os.symlink("/etc/passwd", "link")
os.mkfifo("pipe")
os.symlink(".", "loop")
`;
    const got = await run(code, { fetch_files: ["small", "large", "link", "pipe", "loop/small", "missing"] });
    expect([got.status, got.files]).toEqual(["Success", { small: "cw==" }]);
    for (const name of ["large", "link", "pipe", "loop/small"]) expect(got.message).toContain(name);
  });

  it("cannot end as a fault of ours", async () => {
    const bombs = {
      memory: "x = bytearray(8 << 30)\nfor i in range(0, len(x), 4096): x[i] = 1",
      processes: "import os\nwhile True: os.fork()",
      disk: 'f = open("f", "wb")\nwhile True: f.write(b"x" * (1 << 20))',
      signals: "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getppid(), signal.SIGKILL)",
    };
    for (const [name, code] of Object.entries(bombs)) {
      const { status, run_result: result } = await run(code, { run_timeout: 5, memory_limit_MB: 128 });
      expect([name, ["Failed", "Success"].includes(status), result !== null]).toEqual([name, true, true]);
      if (name !== "signals") expect([name, status]).toEqual([name, "Failed"]);
    }
    expect(await run("print(1)")).toMatchObject({ status: "Success" });
  });

  it("are judged in one batch of many cases", async () => {
    const cases = Array.from({ length: 50 }, (_, i) => ({
      input: { stdin: `${i} 1` },
      output: { stdout: `${i + 1}` },
    }));
    const config = { dataset_type: "CommonOJDataset", language: "python", provided_data: { test: cases } };
    const completion = "```python\nprint(sum(map(int, input().split())))\n```";
    const judged = await post<SubmitBody>("/submit", { dataset: "d", id: 1, completion, config });
    expect([judged.accepted, judged.tests.length]).toEqual([true, 50]);
  });

  it("have their program found by the caller's own Python", async () => {
    const config = {
      dataset_type: "CommonOJDataset",
      language: "python",
      provided_data: { test: [{ input: { stdin: "2 3" }, output: { stdout: "5" } }] },
      custom_extract_logic: "submit_code_blocks([CodeBlock(priority=40, code=completion[5:], language='python')])",
    };
    const completion = "CODE:print(sum(map(int, input().split())))";
    expect(await post<SubmitBody>("/submit", { dataset: "d", id: 1, completion, config })).toMatchObject({
      accepted: true,
    });
    const failing = { ...config, custom_extract_logic: "raise ValueError('no code')" };
    const body = { dataset: "d", id: 1, completion, config: failing };
    const refused = await send(server.port, { method: "POST", path: "/submit", body });
    expect(refused).toMatchObject({
      status: 422,
      body: { detail: [{ ctx: { error: "it failed: exit code 1: ValueError: no code" } }] },
    });
  });

  it("find the numerical packages", async ({ skip }) => {
    if (!server.images.has("python-numerical")) skip("the image python-numerical is not built here");
    const code = "import numpy, pandas, scipy, sympy\nprint(numpy.arange(5).sum())";
    expect(await run(code)).toMatchObject({ status: "Success", run_result: { stdout: "10\n" } });
  });

  it("are compiled once, and not run when there is no time", async ({ skip }) => {
    if (!server.languages.has("cpp")) skip("the image of cpp is not built here");
    const cases = Array.from({ length: 20 }, (_, i) => ({ input: { stdin: `${i}` }, output: { stdout: `${2 * i}` } }));
    const config = {
      dataset_type: "CommonOJDataset",
      language: "cpp",
      provided_data: { test: cases },
      compile_timeout: 60,
    };
    const completion =
      '```cpp\n#include <cstdio>\nint main(){int a;std::scanf("%d",&a);std::printf("%d\\n",2*a);}\n```';
    const judged = await post<SubmitBody>("/submit", { dataset: "d", id: 1, completion, config });
    expect([judged.accepted, judged.tests.length]).toEqual([true, 20]);
    expect(new Set(judged.tests.map(({ exec_info }) => exec_info.compile_result?.execution_time)).size).toBe(1);
    const program = { language: "cpp", compile_timeout: 60, run_timeout: 0, files: { k: "aw==" }, fetch_files: ["k"] };
    expect(await run("int main(){}", program)).toMatchObject({
      status: "Failed",
      compile_result: { status: "Finished", return_code: 0 },
      run_result: { status: "TimeLimitExceeded", return_code: null },
      files: { k: "aw==" },
    });
  });
});
