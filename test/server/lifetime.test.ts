import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { manualClock } from "./support/manual-clock.ts";
import { jobView } from "./support/memory-jobs.ts";
import { endless, openStream } from "./support/open-stream.ts";
import { serve, until } from "./support/serve.ts";

describe("the signal of a call", () => {
  test("is aborted when the client goes away", async () => {
    const { server, jobs, records } = await serve();
    let signal: AbortSignal | undefined;
    jobs.nextGet = (ctx) => {
      signal = ctx.signal;
      return new Promise(() => undefined);
    };
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write("GET /api/v1/jobs/a HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    );
    await until(() => signal !== undefined);
    socket.destroy();
    await until(() => records.length > 0);
    expect(SandlotError.is(signal?.reason, "cancelled")).toBe(true);
    expect(records[0]).toMatchObject({ status: null, code: "cancelled", level: "info" });
  });

  test("is aborted when the handler takes too long, and the caller is told", async () => {
    const clock = manualClock();
    const { send, jobs } = await serve({ clock });
    let signal: AbortSignal | undefined;
    jobs.nextGet = (ctx) => {
      signal = ctx.signal;
      return new Promise(() => undefined);
    };
    const reply = send({ path: "/api/v1/jobs/a" });
    await until(() => signal !== undefined);
    clock.advance(300_000);
    expect([(await reply).status, (await reply).error.code]).toEqual([504, "deadline_exceeded"]);
    expect(SandlotError.is(signal?.reason, "deadline_exceeded")).toBe(true);
  });

  test("is left alone when the answer is sent", async () => {
    const { send, jobs } = await serve();
    await send({ path: "/api/v1/jobs" });
    expect(jobs.contexts[0]?.signal.aborted).toBe(false);
  });
});

describe("close", () => {
  test("ends open streams with a last comment", async () => {
    const { server, jobs } = await serve();
    jobs.add("job_1");
    jobs.source = (ctx) => endless(ctx.signal);
    const stream = openStream(server.port);
    await until(() => stream.text().includes("id: 1"));
    await server.close(60_000);
    await stream.closed;
    expect(stream.text()).toContain(": the server is stopping\n\n");
    expect(stream.text().endsWith("0\r\n\r\n")).toBe(true);
  });

  test("waits for requests in progress, ends idle connections and takes no new ones", async () => {
    const { server, send, jobs } = await serve();
    let answer: (() => void) | undefined;
    jobs.nextGet = () => new Promise((resolve) => (answer = () => resolve(jobView("a"))));
    const idle = connect(server.port, "127.0.0.1");
    const idleClosed = new Promise((resolve) => idle.on("close", resolve));
    idle.on("error", () => undefined);
    idle.resume();
    const reply = send({ path: "/api/v1/jobs/a" });
    await until(() => answer !== undefined);
    let closed = false;
    const closing = server.close(60_000).then(() => (closed = true));
    await idleClosed;
    await expect(send({ path: "/healthz" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(closed).toBe(false);
    answer?.();
    expect([(await reply).status, (await reply).headers.connection]).toEqual([200, "close"]);
    await closing;
  });

  test("a request on an open connection is told that the server stops", async () => {
    const { server, jobs } = await serve();
    let answer: (() => void) | undefined;
    jobs.nextGet = () => new Promise((resolve) => (answer = () => resolve(jobView("a"))));
    let text = "";
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write("GET /api/v1/jobs/a HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    );
    socket.on("data", (chunk) => (text += chunk.toString()));
    await until(() => answer !== undefined);
    const closing = server.close(60_000);
    socket.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    answer?.();
    await closing;
    await until(() => text.includes("200 OK"));
    // The second one may be refused or find the connection closed; it is never served.
    expect(text).not.toContain('"status":"ok"');
  });

  test("cuts what is left after the grace, and may be called twice", async () => {
    const { server, jobs, records } = await serve();
    jobs.nextGet = () => new Promise(() => undefined);
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write("GET /api/v1/jobs/a HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    );
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    await until(() => jobs.contexts.length > 0);
    await Promise.all([server.close(1), server.close(60_000)]);
    await closed;
    await until(() => records.length > 0);
    expect(records[0]).toMatchObject({ complete: false, code: "cancelled" });
  });

  test("does not cut an answer that is still on its way", async () => {
    const { server, jobs } = await serve();
    const wide = "x".repeat(30_000_000);
    jobs.nextGet = async () => ({ ...jobView("a"), environment: wide });
    let bytes = 0;
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write("GET /api/v1/jobs/a HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    );
    socket.pause();
    const ended = new Promise((resolve) => socket.on("close", resolve));
    await until(() => jobs.contexts.length > 0);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    const closing = server.close(60_000);
    socket.on("data", (chunk) => (bytes += chunk.length));
    socket.resume();
    await closing;
    await ended;
    expect(bytes).toBeGreaterThan(30_000_000);
  });
});
