import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Client, createClient } from "../../src/client/index.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { output } from "./support/memory-execution.ts";
import { serve, until } from "./support/serve.ts";

const PROGRAM = { language: "python", code: "x" };
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function clientOf(url: string): Client {
  const client = createClient({ url });
  clients.push(client);
  return client;
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe("every route of programs, sessions and pools", () => {
  test("answers through the client", async () => {
    const { server } = await serve();
    const client = clientOf(server.url);
    expect((await client.run({ ...PROGRAM, stdin: "a" })).stdout.text).toBe("a");
    expect((await collect(client.streamRun(PROGRAM))).map(({ type }) => type)).toEqual(["result"]);
    const cases = [{ stdin: "a" }, {}];
    expect((await client.batch({ ...PROGRAM, cases })).cases).toHaveLength(2);
    const events = await collect(client.streamBatch({ ...PROGRAM, language: "cpp", cases }));
    expect(events.map(({ type }) => type)).toEqual(["compiled", "case", "case", "end"]);
    expect((await client.listLanguages()).items[0]?.name).toBe("python");
    const { id } = await client.openSession({ language: "python" });
    expect(await client.getSession(id)).toEqual((await client.listSessions()).items[0]);
    expect((await client.callSession(id, { code: "1" })).value).toBe("1");
    expect((await client.interruptSession(id)).id).toBe(id);
    expect(await client.writeSessionFiles(id, [{ path: "a", text: "b" }])).toEqual({ written: 1 });
    expect((await client.readSessionFiles(id, [{ path: "a" }])).files[0]?.text).toBe("b");
    expect((await client.closeSession(id)).state).toBe("ended");
    expect((await client.listPools()).items[0]).toEqual(await client.getPool("pool_1"));
    expect((await client.scalePool("pool_1", { max: 3 })).limits.max).toBe(3);
    expect((await client.drainPool("pool_1")).state).toBe("draining");
    expect((await client.listSandboxes()).items[0]).toEqual(await client.getSandbox("sbx_1"));
    expect(await client.killSandbox("sbx_1")).toEqual({ id: "sbx_1", removed: true });
  });
});

describe("streams", () => {
  test("throw the server's error, whenever it comes", async () => {
    const harness = await serve();
    const client = clientOf(harness.server.url);
    const full = new SandlotError("queue_full", { resource: "slots", retry_after: 3 });
    harness.execution.play = () => Promise.reject(full);
    await expect(collect(client.streamRun(PROGRAM))).rejects.toMatchObject({
      code: "queue_full",
      context: full.context,
    });
    harness.execution.play = async (_ctx, _one, index) => {
      if (index === 0) return {};
      await new Promise((resolve) => setImmediate(resolve));
      throw full;
    };
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { type } of client.streamBatch({ ...PROGRAM, cases: [{}, {}] })) seen.push(type);
    })();
    await expect(reading).rejects.toMatchObject({ code: "queue_full", context: full.context });
    expect(seen).toEqual(["case"]);
  });

  test("end at the server when the reader stops", async () => {
    const { server, execution } = await serve();
    let ended = false;
    execution.play = async (ctx, _one, _index, listener) => {
      ctx.signal.addEventListener("abort", () => (ended = true));
      listener.onOutput?.("stdout", Buffer.from("x"));
      return new Promise(() => undefined);
    };
    for await (const event of clientOf(server.url).streamRun(PROGRAM)) {
      expect(event).toEqual({ type: "output", output: { stream: "stdout", text: "x" } });
      break;
    }
    await until(() => ended);
  });

  test("that break off are no result", async () => {
    const broken = createServer((_req, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write('event: output\ndata: {"stream":"stdout","text":"x"}\n\n');
      setImmediate(() => res.destroy());
    });
    await new Promise<void>((resolve) => broken.listen(0, "127.0.0.1", resolve));
    const client = clientOf(`http://127.0.0.1:${(broken.address() as AddressInfo).port}`);
    await expect(collect(client.streamRun(PROGRAM))).rejects.toMatchObject({ code: "server_unreachable" });
    broken.close();
  });

  test("carry large events", async () => {
    const { server, execution } = await serve();
    const size = 8 << 20;
    execution.play = async () => ({ stdout: output("\0".repeat(size)) });
    const [event] = await collect(clientOf(server.url).streamRun({ ...PROGRAM, keep_output_bytes: size }));
    expect(event?.type === "result" && event.result.stdout.text.length).toBe(size);
  });
});
