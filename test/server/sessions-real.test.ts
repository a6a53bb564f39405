import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRealServer, type RealServer } from "./support/real-server.ts";

describe("sessions over real sandboxes", () => {
  let server: RealServer;

  beforeAll(async () => {
    server = await openRealServer("docker");
  });
  afterAll(() => server?.dispose());

  test("Python keeps its state", async () => {
    const { client } = server;
    const { id, isolation } = await client.openSession({
      language: "python",
      files: [{ path: "a.txt", text: "given" }],
    });
    expect(isolation).toBe("slot");
    const call = (code: string, more = {}) => client.callSession(id, { code, ...more });
    await call("x = 40");
    expect(await call("print('said')\nx + 2")).toMatchObject({ status: "ok", value: "42", stdout: { text: "said\n" } });
    expect(await call("1/0")).toMatchObject({ status: "error", error: { name: "ZeroDivisionError" } });
    expect(await call("while True: pass", { wall_seconds: 0.3 })).toMatchObject({
      status: "interrupted",
      limit: "wall",
    });
    const slow = call("import time\nprint('early', flush=True)\ntime.sleep(600)", { wall_seconds: 700 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await client.interruptSession(id);
    expect(await slow).toMatchObject({ status: "interrupted", limit: null, stdout: { text: "early\n" } });
    expect(await call("open('a.txt').read(), x")).toMatchObject({ value: "('given', 40)" });
    await client.writeSessionFiles(id, [{ path: "d/b", base64: "/wA=" }]);
    expect(await call("open('d/c', 'w').write('ä'); open('d/b', 'rb').read()")).toMatchObject({
      value: "b'\\xff\\x00'",
    });
    const { files } = await client.readSessionFiles(id, [{ path: "d/c" }, { path: "d/b" }, { path: "d/x" }]);
    expect(files).toEqual([
      { path: "d/c", status: "ok", bytes: 2, text: "ä" },
      { path: "d/b", status: "ok", bytes: 2, base64: "/wA=" },
      { path: "d/x", status: "missing", bytes: 0 },
    ]);
    expect((await client.listSessions()).items.map((session) => session.id)).toEqual([id]);
    expect(await client.closeSession(id)).toMatchObject({ state: "ended" });
    await expect(call("x")).rejects.toMatchObject({ code: "session_ended" });
  });

  test("a shell keeps its state in a sandbox of its own", async () => {
    const { client } = server;
    const { id, isolation } = await client.openSession({ language: "bash" });
    expect(isolation).toBe("container");
    const call = (code: string) => client.callSession(id, { code });
    await call("mkdir here && cd here && export A='x y'");
    expect(await call('echo "$A"; basename "$PWD"')).toMatchObject({
      status: "ok",
      exit_code: 0,
      stdout: { text: "x y\nhere\n" },
    });
    expect(await call("echo oops >&2; false")).toMatchObject({
      status: "error",
      exit_code: 1,
      stderr: { text: "oops\n" },
    });
    expect(await call("exit 3")).toMatchObject({ status: "ended", exit_code: 3 });
    await expect(call("echo")).rejects.toMatchObject({ code: "session_ended" });
  });

  test("a session that nobody uses ends", async () => {
    const { client } = server;
    const { id } = await client.openSession({ language: "python", idle_seconds: 0.5 });
    for (;;) {
      const session = await client.getSession(id).catch(() => null);
      if (session?.state !== "open") break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await expect(client.callSession(id, { code: "1" })).rejects.toMatchObject({ code: "session_ended" });
  });
});
