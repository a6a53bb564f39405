import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { type Client, createClient } from "../../src/client/create-client.ts";
import type { TransportOptions } from "../../src/client/transport.ts";
import type { JobStreamEvent } from "../../src/client/job-events.ts";
import { readEventStream } from "../../src/client/event-stream.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { manualClock } from "./support/manual-clock.ts";
import { jobView, rolloutView } from "./support/memory-jobs.ts";
import { serve, until } from "./support/serve.ts";

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function clientOf(url: string, options: Partial<TransportOptions> = {}): Client {
  const client = createClient({ url, ...options });
  clients.push(client);
  return client;
}

async function collect(events: AsyncIterable<JobStreamEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events)
    seen.push(event.type === "rollout" ? `rollout ${event.rollout.sequence}` : event.type);
  return seen;
}

describe("every route", () => {
  test("answers through the client", async () => {
    const { server, jobs } = await serve();
    const client = clientOf(server.url);
    expect(await client.health()).toEqual({ status: "ok" });
    expect(await client.ready()).toEqual({ status: "ready", checks: { database: "ok" } });
    expect((await client.openapi())["openapi"]).toBe("3.1.0");
    const job = await client.submitJob({ environment: "math", repeats: 2 }, { idempotencyKey: "k" });
    expect(job.id).toBe("job_1");
    expect(jobs.incoming[0]?.idempotencyKey).toBe("k");
    const text = '{"environment":"math","tasks":{"rows":[{"n":1.0}]}}';
    await client.submitJob(text);
    expect(jobs.incoming[1]?.body).toBe(text);
    expect((await client.listJobs({ limit: 1 })).items).toHaveLength(1);
    expect(await client.getJob("job_1")).toEqual(job);
    expect((await client.cancelJob("job_1")).state).toBe("cancelled");
    expect((await client.listRollouts("job_1", { cursor: "1", outcome: ["scored", "truncated"] })).items).toHaveLength(
      2,
    );
    expect((await client.listRollouts("job_1", { include: "record" })).items[0]).toHaveProperty("ledger");
    expect((await client.getRollout("rol_2")).row).toEqual({ question: "1+1" });
    expect((await client.listEnvironments()).items[0]?.name).toBe("math");
    expect((await client.getEnvironment("math")).agent).toBe("simple");
    expect(await client.listTasks("math", { dataset: "train", offset: 1, limit: 1 })).toEqual({
      items: [{ id: "math/train/2" }],
      total: 3,
    });
    expect((await client.listTasks("math")).items).toHaveLength(3);
    expect((await client.listModels()).items[0]?.upstream).toBe("m");
    expect(await collect(client.jobEvents("job_1"))).toEqual([
      "rollout 1",
      "rollout 2",
      "rollout 3",
      "progress",
      "end",
    ]);
    expect(await collect(client.jobEvents("job_1", 2))).toEqual(["rollout 3", "progress", "end"]);
  });

  test("a server that is not ready says so without an error", async () => {
    const { server } = await serve({ ready: async () => ({ database: "down" }) });
    expect(await clientOf(server.url).ready()).toEqual({ status: "not_ready", checks: { database: "down" } });
  });
});

describe("errors", () => {
  test("the server's error comes out with its code and context", async () => {
    const { server } = await serve();
    const client = clientOf(server.url);
    await expect(client.getJob("a/b ?")).rejects.toMatchObject({
      code: "not_found",
      context: { kind: "job", id: "a/b ?" },
    });
    const error = await client.submitJob("{}").catch((thrown: unknown) => thrown);
    expect(SandlotError.is(error, "invalid_request")).toBe(true);
    expect((error as Error).message).toContain("environment: expected string");
    await expect(collect(client.jobEvents("nope"))).rejects.toMatchObject({ code: "not_found" });
  });

  test("an API key is sent and needed", async () => {
    const keys = [{ name: "a", key: "secret", tenant: "red", scopes: ["jobs"] as const }];
    const { server } = await serve({ auth: { keys } });
    expect((await clientOf(server.url, { apiKey: "secret" }).listJobs()).items).toEqual([]);
    await expect(clientOf(server.url, { apiKey: "other" }).listJobs()).rejects.toMatchObject({ code: "unauthorized" });
    await expect(clientOf(server.url).listJobs()).rejects.toMatchObject({ code: "unauthorized" });
  });

  test("no server, no URL and no Sandlot are told apart", async () => {
    await expect(clientOf("http://127.0.0.1:1").health()).rejects.toMatchObject({
      code: "server_unreachable",
      context: { url: "http://127.0.0.1:1/healthz", detail: expect.stringContaining("ECONNREFUSED") as unknown },
    });
    expect(() => createClient({ url: "127.0.0.1:7461" })).toThrow(/expected an http or https URL/);
    const other = createServer((_req, res) => res.writeHead(502).end("<html>bad gateway</html>"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(clientOf(url).health()).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("HTTP 502") as unknown,
    });
    other.close();
  });

  test("a silent server runs into the time limit; a caller can give up earlier", async () => {
    const clock = manualClock();
    const { server, jobs } = await serve();
    const client = clientOf(server.url, { clock });
    jobs.nextGet = () => new Promise(() => undefined);
    const late = client.getJob("a").catch((error: unknown) => error);
    await until(() => jobs.contexts.length === 1);
    clock.advance(60_000);
    expect(SandlotError.is(await late, "deadline_exceeded")).toBe(true);
    jobs.nextGet = () => new Promise(() => undefined);
    const controller = new AbortController();
    const given = client.getJob("a", { signal: controller.signal }).catch((error: unknown) => error);
    await until(() => jobs.contexts.length === 2);
    const reason = new SandlotError("cancelled", { detail: "enough" });
    controller.abort(reason);
    expect(await given).toBe(reason);
  });
});

describe("the event stream", () => {
  test("goes on after the last rollout when the connection drops", async () => {
    const { server, jobs } = await serve();
    jobs.add("job_1");
    const afters: number[] = [];
    jobs.source = async function* (_ctx, after) {
      afters.push(after);
      if (after >= 3) yield { type: "end", job: jobView("job_1") };
      else {
        yield { type: "rollout", sequence: after + 1, rollout: rolloutView("job_1", after + 1) };
        throw new SandlotError("database_unavailable", { detail: "for a moment" });
      }
    };
    const clock = manualClock();
    let seen: string[] | undefined;
    void collect(clientOf(server.url, { clock }).jobEvents("job_1")).then((events) => (seen = events));
    await until(() => {
      clock.advance(100);
      return seen !== undefined;
    });
    expect(seen).toEqual(["rollout 1", "rollout 2", "rollout 3", "end"]);
    expect(afters).toEqual([0, 1, 2, 3]);
  });

  test("gives up after a bounded number of tries", async () => {
    const clock = manualClock();
    let tries = 0;
    const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
      tries++;
      return dispatch(options, handler);
    });
    const client = clientOf("http://127.0.0.1:1", { clock, dispatcher });
    let error: unknown;
    void collect(client.jobEvents("job_1", 0, { maxReconnects: 3 })).catch((thrown: unknown) => (error = thrown));
    await until(() => {
      clock.advance(1000);
      return error !== undefined;
    });
    expect(SandlotError.is(error, "server_unreachable")).toBe(true);
    expect(tries).toBe(4);
  });

  test("ends at the server when the reader stops", async () => {
    const { server, jobs } = await serve();
    jobs.add("job_1");
    let ended = false;
    jobs.source = async function* (ctx) {
      ctx.signal.addEventListener("abort", () => (ended = true));
      yield { type: "rollout", sequence: 1, rollout: rolloutView("job_1", 1) };
      await new Promise(() => undefined);
    };
    for await (const event of clientOf(server.url).jobEvents("job_1")) {
      expect(event.type).toBe("rollout");
      break;
    }
    await until(() => ended);
  });

  test("a connection that falls silent is replaced", async () => {
    const clock = manualClock();
    const { server, jobs } = await serve();
    jobs.add("job_1");
    let connections = 0;
    jobs.source = async function* (_ctx, after) {
      connections++;
      if (after === 0) {
        yield { type: "rollout", sequence: 1, rollout: rolloutView("job_1", 1) };
        await new Promise(() => undefined);
      }
      yield { type: "end", job: jobView("job_1") };
    };
    let seen: string[] | undefined;
    void collect(clientOf(server.url, { clock }).jobEvents("job_1")).then((events) => (seen = events));
    await until(() => {
      if (connections > 0) clock.advance(1000);
      return seen !== undefined;
    });
    expect([seen?.at(-1), connections > 1]).toEqual(["end", true]);
  });

  test.each([1, 2, 3, 1000])("is read alike in chunks of %i bytes", async (size) => {
    const text =
      ": hi\r\nretry: 5\n\nid: 7\r\nevent: a\r\ndata: \u00e9\u{1F600}\r\n\r\nevent:b\ndata\ndata:x: y\n\ndata: z\r\revent: cut\ndata: off";
    const bytes = Buffer.from(text);
    async function* chunks() {
      for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
    }
    const messages: unknown[] = [];
    for await (const message of readEventStream(chunks())) messages.push(message);
    expect(messages).toEqual([
      { event: "a", data: "\u00e9\u{1F600}" },
      { event: "b", data: "\nx: y" },
      { event: "message", data: "z" },
    ]);
  });
});
