import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/client/index.ts";
import type { RunInput } from "../../src/contract/execution.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { openRealServer, type RealServer } from "./support/real-server.ts";

describe.each(["docker", "local"] as const)("the API over real sandboxes, %s", (provider) => {
  let server: RealServer;

  beforeAll(async () => {
    server = await openRealServer(provider);
  });
  afterAll(() => server?.dispose());

  const run = (code: string, more: Partial<RunInput> = {}) => server.client.run({ language: "python", code, ...more });
  const inUse = async () => (await server.client.listSandboxes()).items.reduce((sum, { users }) => sum + users, 0);

  /** Waits for something that comes by itself; the test's time limit is the only one. */
  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  test("programs end as they end", async () => {
    const good = await run("print(int(input()) ** 2)", { stdin: "12\n" });
    expect(good).toMatchObject({ status: "ok", exit_code: 0, stdout: { text: "144\n" }, sandbox: { provider } });
    expect(good.times.wall_ms).toBeGreaterThan(0);
    expect(good.memory_peak_bytes).toBeGreaterThan(0);
    const thrown = await run("raise ValueError('x')");
    expect(thrown).toMatchObject({ status: "runtime_error", exit_code: 1 });
    expect(thrown.stderr.text).toContain("ValueError: x");
    expect(await run("import os; os.kill(os.getpid(), 11)")).toMatchObject({ status: "runtime_error", signal: 11 });
    const limits = { wall_seconds: 0.3, memory_mib: 64, output_bytes: 1000 };
    expect(await run("import time; time.sleep(60)", { limits })).toMatchObject({
      status: "time_limit",
      exit_code: null,
    });
    expect(await run("x = bytearray(200 << 20)", { limits: { memory_mib: 64 } })).toMatchObject({
      status: "memory_limit",
    });
    expect(await run("print('x' * 100000)", { limits })).toMatchObject({ status: "output_limit" });
    expect(await run("a\0b")).toMatchObject({ status: "runtime_error", exit_code: 1 });
  });

  test("bytes go in and come out exactly", async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const echo = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())";
    const { stdout } = await run(echo, { stdin_base64: all.toString("base64") });
    expect(Buffer.from(stdout.base64 ?? "", "base64")).toEqual(all);
    const text = "NUL \0, ä, \u{1F600}, \u2028, \ufeff\n";
    expect((await run(echo, { stdin: text })).stdout).toEqual({
      text,
      bytes: Buffer.byteLength(text),
      dropped_bytes: 0,
    });
    const none = "import sys\nprint(repr(sys.stdin.read()))";
    for (const stdin of [null, "", undefined]) {
      expect((await run(none, stdin === undefined ? {} : { stdin })).stdout.text).toBe("''\n");
    }
    const files = [
      { path: "in/a.txt", text: "ä" },
      { path: "back\\slash", base64: "/wA=" },
    ];
    const copy =
      "import os,sys\nopen('out', 'wb').write(open('back\\\\slash', 'rb').read() + open('in/a.txt', 'rb').read())\n" +
      "os.symlink('/etc/passwd', 'link')\nprint(sys.argv[1:], os.environ['A'])";
    const outputs = [
      { path: "out" },
      { path: "in/a.txt" },
      { path: "link" },
      { path: "none" },
      { path: "out", limit_bytes: 1 },
    ];
    const ran = await run(copy, { files, outputs, args: ["-x", "é f"], env: { A: "1=2" } });
    expect(ran).toMatchObject({ status: "ok", stdout: { text: "['-x', 'é f'] 1=2\n" } });
    expect(ran.files).toEqual([
      { path: "out", status: "ok", bytes: 4, base64: "/wDDpA==" },
      { path: "in/a.txt", status: "ok", bytes: 2, text: "ä" },
      { path: "link", status: "refused", bytes: 0 },
      { path: "none", status: "missing", bytes: 0 },
      { path: "out", status: "too_large", bytes: 0 },
    ]);
  });

  test("large things pass: a program of 10 MB, 10,000 files, megabytes of output", async () => {
    expect(await run(`${"# x\n".repeat(2_500_000)}print('end')`)).toMatchObject({
      status: "ok",
      stdout: { text: "end\n" },
    });
    const files = Array.from({ length: 10_000 }, (_, i) => ({ path: `d${i % 100}/f${i}`, text: String(i) }));
    const count = "import os\nprint(sum(len(files) for _, _, files in os.walk('.')))";
    expect(await run(count, { files })).toMatchObject({ status: "ok", stdout: { text: "10000\n" } });
    const size = 3 << 20;
    const { stdout } = await run(`print('x' * ${size - 1})`, { keep_output_bytes: 4 << 20 });
    expect([stdout.text.length, stdout.dropped_bytes]).toEqual([size, 0]);
    const cut = await run(`import sys\nsys.stdout.write('a' * 5 + 'x' * ${size} + 'z' * 5)`, {
      keep_output_bytes: 1000,
    });
    expect(cut.stdout).toMatchObject({ bytes: size + 10, dropped_bytes: size + 10 - 1000 });
    expect(cut.stdout.text).toMatch(/^aaaaa.*zzzzz$/s);
  });

  test("output streams as it is written", async () => {
    const code = "import sys\nprint('first', flush=True)\ninput()\nprint('last', file=sys.stderr)";
    const seen: RunEvent[] = [];
    // Standard input is at its end, so `input` throws; what matters is that both parts are told, in order.
    for await (const event of server.client.streamRun({ language: "python", code })) seen.push(event);
    expect(seen[0]).toMatchObject({ type: "output", output: { stream: "stdout", text: "first\n" } });
    expect(seen.at(-1)).toMatchObject({
      type: "result",
      result: { status: "runtime_error", stdout: { text: "first\n" } },
    });
  });

  test("who goes away ends the program", async () => {
    const slow = {
      language: "python",
      code: "print(1, flush=True)\nimport time\ntime.sleep(600)",
      limits: { wall_seconds: 700 },
    };
    await until(async () => (await inUse()) === 0);
    for await (const event of server.client.streamRun(slow)) {
      expect(event.type).toBe("output");
      expect(await inUse()).toBe(1);
      break;
    }
    await until(async () => (await inUse()) === 0);
    const controller = new AbortController();
    const reason = new SandlotError("cancelled", { detail: "enough" });
    const running = server.client.run(slow, { signal: controller.signal }).catch((error: unknown) => error);
    await until(async () => (await inUse()) === 1);
    controller.abort(reason);
    expect(await running).toBe(reason);
    await until(async () => (await inUse()) === 0);
  });

  test("a request that comes twice runs once", async () => {
    const body = { language: "python", code: "import uuid\nprint(uuid.uuid4())", request_id: "once" };
    const answers = await Promise.all([server.client.run(body), server.client.run(body)]);
    answers.push(await server.client.run(body));
    expect(new Set(answers.map(({ stdout }) => stdout.text)).size).toBe(1);
    await expect(server.client.run({ ...body, code: "print(2)" })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
  });

  test("what cannot wait is refused while every slot is in use", async () => {
    const body = { language: "python", code: "import time\ntime.sleep(1)", max_queue_seconds: 0 };
    const ended = await Promise.all(
      Array.from({ length: 24 }, () =>
        server.client.run(body).then(
          ({ status }) => status,
          (error: unknown) => (error as SandlotError).code,
        ),
      ),
    );
    expect(ended).toContain("ok");
    expect(ended).toContain("queue_full");
    expect(new Set(ended).size).toBe(2);
  });

  test("a batch runs each case in a workspace of its own", async () => {
    const code = "import os,sys\nprint(os.listdir('.'), sys.stdin.read())\nopen('left', 'w').write('x')";
    const batch = await server.client.batch({
      language: "python",
      code,
      cases: [{ stdin: "a" }, { stdin: "b" }, { stdin: "c" }],
    });
    expect(batch.status).toBe("ok");
    expect(batch.cases.map((one) => one?.stdout.text.includes("left"))).toEqual([false, false, false]);
    expect(batch.cases.map((one) => one?.stdout.text.trimEnd().at(-1))).toEqual(["a", "b", "c"]);
    const seen: unknown[] = [];
    const stopping = { language: "python", code: "print(1 // int(input()))", stop_at_first_failure: true, parallel: 1 };
    const cases = [{ stdin: "1" }, { stdin: "0" }, { stdin: "1" }];
    for await (const event of server.client.streamBatch({ ...stopping, cases })) {
      seen.push(event.type === "case" ? [event.case.index, event.case.status] : event);
    }
    expect(seen).toMatchObject([
      [0, "ok"],
      [1, "runtime_error"],
      { type: "end", end: { status: "runtime_error", cases_run: 2, cases_ok: 1 } },
    ]);
  });

  test("a sandbox that an operator kills costs nobody a result", async () => {
    const code = "print('begun', flush=True)\nimport time\ntime.sleep(2)\nprint('done')";
    let killed = false;
    for await (const event of server.client.streamRun({ language: "python", code })) {
      if (event.type === "output" && !killed) {
        killed = true;
        const used = (await server.client.listSandboxes()).items.find(({ users }) => users > 0);
        await server.client.killSandbox(used?.id ?? "");
        await expect(server.client.getSandbox(used?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
      }
      if (event.type !== "result") continue;
      expect(event.result).toMatchObject({ status: "ok", stdout: { text: "begun\ndone\n" } });
      expect(event.result.evidence).toHaveLength(1);
    }
    expect(killed).toBe(true);
  });

  test("pools are scaled and drained", async () => {
    const { items } = await server.client.listPools();
    const pool = items.find(({ spec }) => spec.resource === "execution");
    expect(pool).toMatchObject({ state: "open", limits: { min: 0, max: 2 } });
    const id = pool?.id ?? "";
    expect((await server.client.scalePool(id, { min: 1 })).limits.min).toBe(1);
    await expect(server.client.scalePool(id, { min: 9 })).rejects.toMatchObject({ code: "invalid_request" });
    await server.client.drainPool(id);
    await until(async () => (await server.client.listSandboxes()).items.every(({ pool_id }) => pool_id !== id));
    expect(await run("print(1)")).toMatchObject({ status: "ok" });
  });
});
