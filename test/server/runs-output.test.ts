import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { output } from "./support/memory-execution.ts";
import { eventsOf, post, PROGRAM, RUNS } from "./support/run-requests.ts";
import { type Harness, serve, until } from "./support/serve.ts";

describe("output", () => {
  test.each([
    ["NUL and control characters", Buffer.from("a\0b\x1b[2J\x7f"), undefined],
    ["what JavaScript takes for line ends", Buffer.from("\u2028\u2029\ufeff\ufffe"), undefined],
    ["a byte order mark", Buffer.from("\ufeffx"), undefined],
    ["beyond the basic plane", Buffer.from("\u{1F600}"), undefined],
    ["invalid UTF-8", Buffer.from([0x61, 0xff, 0x62]), "Yf9i"],
    ["half a character", Buffer.from([0xf0, 0x9f, 0x98]), "8J+Y"],
    ["a surrogate as UTF-8", Buffer.from([0xed, 0xa0, 0x80]), "7aCA"],
    ["overlong", Buffer.from([0xc0, 0x80]), "wIA="],
  ])("with %s comes out exactly", async (_name, bytes, base64) => {
    const harness = await serve();
    harness.execution.play = async () => ({ stdout: { head: bytes, tail: Buffer.alloc(0), dropped: 0 } });
    const { json } = await post(harness, RUNS, PROGRAM);
    const stdout = json["stdout"] as { text: string; base64?: string; bytes: number };
    expect(stdout.bytes).toBe(bytes.length);
    expect(stdout.base64).toBe(base64);
    expect(Buffer.from(stdout.base64 ?? stdout.text, stdout.base64 ? "base64" : "utf8")).toEqual(bytes);
    expect(stdout.text.includes("\ufffd")).toBe(base64 !== undefined);
  });

  test("that was cut says where and how much", async () => {
    const harness = await serve();
    harness.execution.play = async () => ({ stdout: output("abc", "xyz", 1000) });
    const { json } = await post(harness, RUNS, PROGRAM);
    expect(json["stdout"]).toEqual({ text: "abcxyz", bytes: 1006, dropped_bytes: 1000, head_bytes: 3 });
  });

  test("of megabytes comes whole, escaped six times its size too", async () => {
    const harness = await serve();
    const size = 16 << 20;
    for (const byte of [0x61, 0x00, 0xff]) {
      const head = Buffer.alloc(size, byte);
      harness.execution.play = async () => ({ stdout: { head, tail: Buffer.alloc(0), dropped: 0 } });
      const { json } = await post(harness, RUNS, { ...PROGRAM, keep_output_bytes: size });
      const stdout = json["stdout"] as { text: string; base64?: string };
      expect(stdout.text).toHaveLength(size);
      expect(Buffer.from(stdout.base64 ?? stdout.text, stdout.base64 ? "base64" : "utf8").equals(head)).toBe(true);
    }
  });

  test("files come as text or base64, with what became of them", async () => {
    const harness = await serve();
    const none = Buffer.alloc(0);
    harness.execution.play = async () => ({
      files: [
        { path: "a", status: "ok", data: Buffer.from("é") },
        { path: "b", status: "ok", data: Buffer.from([255]) },
        { path: "c", status: "ok", data: none },
        { path: "d", status: "missing", data: none },
        { path: "e", status: "refused", data: none },
        { path: "f", status: "too_large", data: none },
      ],
    });
    const outputs = ["a", "b", "c", "d", "e", "f"].map((path) => ({ path }));
    const { json } = await post(harness, RUNS, { ...PROGRAM, outputs });
    expect(json["files"]).toEqual([
      { path: "a", status: "ok", bytes: 2, text: "é" },
      { path: "b", status: "ok", bytes: 1, base64: "/w==" },
      { path: "c", status: "ok", bytes: 0, text: "" },
      { path: "d", status: "missing", bytes: 0 },
      { path: "e", status: "refused", bytes: 0 },
      { path: "f", status: "too_large", bytes: 0 },
    ]);
  });
});

describe("the stream of a run", () => {
  test("tells of the compiler, of output as it comes, and of the result", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from([0xc3]));
      listener.onOutput?.("stderr", Buffer.from("oops"));
      await new Promise((resolve) => setImmediate(resolve));
      listener.onOutput?.("stdout", Buffer.from([0xa4, 0x0a, 0xff]));
      listener.onOutput?.("stdout", Buffer.from([0xe2, 0x82]));
      return { stdout: { head: Buffer.from([0xc3, 0xa4, 0x0a, 0xff, 0xe2, 0x82]), tail: Buffer.alloc(0), dropped: 0 } };
    };
    const reply = await post(harness, `${RUNS}/stream`, { language: "cpp", code: "x", request_id: "q" });
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
    const events = eventsOf(reply);
    expect(events.map(([name]) => name)).toEqual(["compiled", "output", "output", "output", "result"]);
    expect(events[0]?.[1]).toMatchObject({ status: "ok", exit_code: 0 });
    const outputs = events.filter(([name]) => name === "output").map(([, data]) => data);
    expect(outputs[0]).toEqual({ stream: "stderr", text: "oops" });
    const bytes = outputs
      .slice(1)
      .map(({ text, base64 }) => Buffer.from((base64 ?? text) as string, base64 ? "base64" : "utf8"));
    expect(Buffer.concat(bytes)).toEqual(Buffer.from([0xc3, 0xa4, 0x0a, 0xff, 0xe2, 0x82]));
    expect(events.at(-1)?.[1]).toMatchObject({ request_id: "q", status: "ok", stdout: { base64: "w6QK/+KC" } });
  });

  test("joins small pieces that wait", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      for (let i = 0; i < 10_000; i++) listener.onOutput?.("stdout", Buffer.from(`${i}\n`));
      return {};
    };
    const events = eventsOf(await post(harness, `${RUNS}/stream`, PROGRAM));
    expect(events.length).toBeLessThan(10);
    const text = events.flatMap(([name, data]) => (name === "output" ? [data["text"] as string] : [])).join("");
    expect(text).toBe(Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(""));
  });

  test("that breaks ends with the error", async () => {
    const harness = await serve();
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from("x"));
      await new Promise((resolve) => setImmediate(resolve));
      throw new SandlotError("sandbox_unavailable", { pool: "p", detail: "none" });
    };
    const events = eventsOf(await post(harness, `${RUNS}/stream`, PROGRAM));
    expect(events.map(([name]) => name)).toEqual(["output", "error"]);
    expect(events[1]?.[1]).toMatchObject({ error: { code: "sandbox_unavailable", retry: "backoff" } });
    harness.execution.play = async (_ctx, _one, _index, listener) => {
      listener.onOutput?.("stdout", Buffer.from("x"));
      await new Promise((resolve) => setImmediate(resolve));
      throw new TypeError("secret");
    };
    const broken = await post(harness, `${RUNS}/stream`, PROGRAM);
    expect(eventsOf(broken).at(-1)?.[1]).toMatchObject({ error: { code: "internal" } });
    expect(broken.text).not.toContain("secret");
    expect(harness.records.at(-1)).toMatchObject({ level: "error", code: "internal" });
  });
});

describe("output that nobody reads", () => {
  /** A reader of a run's stream that reads nothing until it is told to. */
  function readerOf(harness: Harness, body: object) {
    const text = JSON.stringify(body);
    let seen = "";
    const socket = connect(harness.server.port, "127.0.0.1", () =>
      socket.write(
        `POST ${RUNS}/stream HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
      ),
    );
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => (seen += chunk.toString()));
    socket.pause();
    return { socket, seen: () => seen };
  }

  /** Programs that write 64 KiB again and again until they are ended, `most` times at most. */
  async function writing(answerBytesInAll: number, most: number) {
    const harness = await serve({ bounds: { answerBytesInAll } });
    const written: number[] = [];
    harness.execution.play = async (ctx, _one, _index, listener) => {
      const number = written.push(0) - 1;
      for (let i = 0; i < most; i++) {
        ctx.signal.throwIfAborted();
        listener.onOutput?.("stdout", Buffer.alloc(64 << 10, 65));
        written[number] = i + 1;
        if (i % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return {};
    };
    return { harness, written };
  }

  test.each([{}, { request_id: "r" }])(
    "is bounded: the run ends as overloaded, and the memory comes back: %j",
    async (more) => {
      const { harness, written } = await writing(8 << 20, 4096);
      const reader = readerOf(harness, { ...PROGRAM, ...more });
      await until(() => harness.execution.contexts[0]?.signal.aborted === true);
      expect(SandlotError.is(harness.execution.contexts[0]?.signal.reason)).toBe(true);
      // The bound, and what the sockets on the way have taken.
      expect(written[0]).toBeLessThan(1024);
      // Before anybody has read anything.
      harness.execution.play = async () => ({ stdout: output(Buffer.alloc(7 << 20, 65)) });
      await until(() => harness.execution.contexts[0]?.signal.aborted === true);
      const reply = await post(harness, RUNS, PROGRAM);
      expect([reply.status, reply.error?.code]).toEqual([200, undefined]);
      reader.socket.resume();
      await until(() => reader.seen().includes("event: error"));
      expect(reader.seen()).toContain('"code":"overloaded"');
      expect(reader.seen()).not.toContain("event: result");
      reader.socket.destroy();
    },
  );

  test("counts its pieces too, not their bytes alone", async () => {
    const harness = await serve({ bounds: { answerBytesInAll: 4 << 20 } });
    let pieces = 0;
    harness.execution.play = async (ctx, _one, _index, listener) => {
      for (; pieces < 1_000_000; pieces++) {
        ctx.signal.throwIfAborted();
        listener.onOutput?.("stdout", Buffer.from("x"));
      }
      return {};
    };
    const reply = await post(harness, `${RUNS}/stream`, PROGRAM);
    expect(reply.status === 503 ? reply.error.code : reply.text).toContain("overloaded");
    expect(pieces).toBeLessThan(200_000);
  });

  test("is forgotten once it is sent: a run may write more than there is memory", async () => {
    const { harness } = await writing(2 << 20, 256);
    const reply = await post(harness, `${RUNS}/stream`, PROGRAM);
    const events = eventsOf(reply);
    expect(events.at(-1)?.[0]).toBe("result");
    const bytes = events.reduce((sum, [name, { text }]) => sum + (name === "output" ? String(text).length : 0), 0);
    expect(bytes).toBe(256 * (64 << 10));
  });
});
