import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { manualClock } from "./support/manual-clock.ts";
import { jobView, rolloutView } from "./support/memory-jobs.ts";
import { endless, EVENTS, openStream } from "./support/open-stream.ts";
import { serve, until } from "./support/serve.ts";

/** Resolves when a counter that has begun to move has stopped. */
async function standstill(count: () => number): Promise<void> {
  for (let before = 0; before === 0 || before !== count();) {
    before = count();
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("events of a job", () => {
  test("rollouts carry their sequence as id; progress and end carry the job", async () => {
    const { send, jobs, records } = await serve();
    jobs.add("job_1");
    const reply = await send({ path: EVENTS });
    expect(reply.status).toBe(200);
    expect(reply.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    const blocks = reply.text.split("\n\n").filter((block) => block.includes("event:"));
    expect(blocks.map((block) => block.split("\n").slice(0, -1))).toEqual([
      ["id: 1", "event: rollout"],
      ["id: 2", "event: rollout"],
      ["id: 3", "event: rollout"],
      ["event: progress"],
      ["event: end"],
    ]);
    expect(blocks[0]).toContain(`data: ${JSON.stringify(rolloutView("job_1", 1))}`);
    expect(blocks[4]).toContain(JSON.stringify(jobView("job_1")));
    await until(() => records.length > 0);
    expect(jobs.contexts.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  test("Last-Event-ID resumes after the one that is named", async () => {
    const { send, jobs } = await serve();
    jobs.add("job_1");
    const { text } = await send({ path: EVENTS, headers: { "last-event-id": "2" } });
    expect(text.match(/^id: .*$/gm)).toEqual(["id: 3"]);
  });

  test("an unknown job is a 404, not a stream", async () => {
    const reply = await (await serve()).send({ path: EVENTS });
    expect([reply.status, reply.error.code]).toEqual([404, "not_found"]);
  });

  test("HEAD opens no stream", async () => {
    const { send, jobs } = await serve();
    jobs.add("job_1");
    jobs.source = (ctx) => endless(ctx.signal);
    const reply = await send({ method: "HEAD", path: EVENTS });
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
  });

  test("a comment comes every 15 seconds", async () => {
    const clock = manualClock();
    const { server, jobs } = await serve({ clock });
    jobs.add("job_1");
    jobs.source = (ctx) => endless(ctx.signal);
    const stream = openStream(server.port);
    await until(() => stream.text().includes("id: 1"));
    clock.advance(14_999);
    clock.advance(1);
    await until(() => stream.text().includes(": heartbeat"));
    clock.advance(30_000);
    await until(() => stream.text().split(": heartbeat").length === 4);
    stream.socket.destroy();
    await until(() => clock.pending() === 0);
  });

  test("the source is ended when the client goes away", async () => {
    const { server, jobs, records } = await serve();
    jobs.add("job_1");
    let reason: unknown;
    let finished = false;
    jobs.source = async function* (ctx) {
      try {
        yield* endless(ctx.signal);
      } finally {
        reason = ctx.signal.reason;
        finished = true;
      }
    };
    const stream = openStream(server.port);
    await until(() => stream.text().includes("id: 1"));
    stream.socket.destroy();
    await until(() => finished && records.length > 0);
    expect(SandlotError.is(reason, "cancelled")).toBe(true);
    expect(records[0]).toMatchObject({ complete: false, route: "/api/v1/jobs/{id}/events" });
  });

  test("a reader that does not read holds the source back, and then gets everything", async () => {
    const { server, jobs } = await serve();
    jobs.add("job_1");
    const count = 2000;
    let taken = 0;
    const wide = { ...rolloutView("job_1", 1), reason: "x".repeat(20_000) };
    jobs.source = async function* () {
      for (let sequence = 1; sequence <= count; sequence++) {
        taken = sequence;
        yield { type: "rollout", sequence, rollout: wide };
      }
      yield { type: "end", job: jobView("job_1") };
    };
    const stream = openStream(server.port);
    stream.socket.pause();
    // The source stands still once the buffers on the way are full.
    await standstill(() => taken);
    expect(taken).toBeLessThan(count);
    stream.socket.resume();
    await until(() => stream.text().endsWith("\r\n0\r\n\r\n"));
    expect(taken).toBe(count);
    expect(stream.text().match(/^id: /gm)).toHaveLength(count);
    stream.socket.destroy();
  });

  test("a reader that stays away is cut", async () => {
    const clock = manualClock();
    const { server, jobs, records } = await serve({ clock });
    jobs.add("job_1");
    const wide = { ...rolloutView("job_1", 1), reason: "x".repeat(1_000_000) };
    let taken = 0;
    jobs.source = async function* () {
      for (;;) {
        taken++;
        yield { type: "rollout", sequence: 1, rollout: wide };
      }
    };
    const stream = openStream(server.port);
    stream.socket.pause();
    // Heartbeat and stall limit.
    await until(() => clock.pending() === 2 && taken > 3);
    while (records.length === 0) {
      clock.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(records[0]).toMatchObject({ code: "deadline_exceeded", complete: false });
    stream.socket.destroy();
  });

  test("a reader that goes away while it is held back ends the source, even one that minds no signal", async () => {
    const { server, jobs } = await serve();
    jobs.add("job_1");
    let isFinished = false;
    let taken = 0;
    const wide = { ...rolloutView("job_1", 1), reason: "x".repeat(1_000_000) };
    jobs.source = async function* () {
      try {
        for (;;) yield { type: "rollout", sequence: ++taken, rollout: wide };
      } finally {
        isFinished = true;
      }
    };
    const stream = openStream(server.port);
    stream.socket.pause();
    await standstill(() => taken);
    stream.socket.destroy();
    await until(() => isFinished);
  });

  test("a source that breaks ends the stream without `end`", async () => {
    const { send, jobs, records } = await serve();
    jobs.add("job_1");
    jobs.source = async function* () {
      yield { type: "rollout", sequence: 1, rollout: rolloutView("job_1", 1) };
      throw new SandlotError("database_unavailable", { detail: "gone" });
    };
    const { text } = await send({ path: EVENTS });
    expect(text.trimEnd().endsWith(": database_unavailable")).toBe(true);
    expect(text).not.toContain("event: end");
    expect(records[0]).toMatchObject({ code: "database_unavailable" });
  });

  test("streams are bounded", async () => {
    const { server, send, jobs } = await serve({ bounds: { streams: 1 } });
    jobs.add("job_1");
    jobs.source = (ctx) => endless(ctx.signal);
    const stream = openStream(server.port);
    await until(() => stream.text().includes("id: 1"));
    const refused = await send({ path: EVENTS });
    expect([refused.status, refused.error.code, refused.headers["retry-after"]]).toEqual([503, "overloaded", "10"]);
    stream.socket.destroy();
  });
});
