import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { manualClock } from "./support/manual-clock.ts";
import { output } from "./support/memory-execution.ts";
import { BATCHES, eventsOf, post, RUNS } from "./support/run-requests.ts";
import { type Harness, serve, until } from "./support/serve.ts";

const PROGRAM = { language: "python", code: "print(1)", request_id: "one" };

function gate() {
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => (release = resolve));
  return { held, release: () => release() };
}

/** Makes programs wait until they are let go. */
function holding({ execution }: Harness) {
  const { held, release } = gate();
  execution.play = async (ctx, { stdin }, _index, listener) => {
    listener.onOutput?.("stdout", Buffer.from("early "));
    await Promise.race([
      held,
      new Promise((_resolve, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error))),
    ]);
    return { stdout: output(stdin ?? "early late") };
  };
  return release;
}

/** Requests the streams have joined show in nothing but the log of those that end; this lets them arrive. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe("requests with one id", () => {
  test("share one execution while it runs, whatever way they are answered", async () => {
    const harness = await serve();
    const release = holding(harness);
    const first = post(harness, RUNS, PROGRAM);
    await until(() => harness.execution.requests.length === 1);
    const others = [post(harness, RUNS, PROGRAM), post(harness, `${RUNS}/stream`, PROGRAM)];
    await settle();
    release();
    const [a, b, c] = await Promise.all([first, ...others]);
    expect(harness.execution.requests).toHaveLength(1);
    expect(a?.json).toMatchObject({ request_id: "one", stdout: { text: "early late" } });
    expect(b?.json).toEqual(a?.json);
    const events = c ? eventsOf(c) : [];
    // Output as it comes is for who was there from the beginning.
    expect(events.map(([name]) => name)).toEqual(["result"]);
    expect(events.at(-1)?.[1]).toEqual(a?.json);
  });

  test("get the same answer afterwards, for ten minutes", async () => {
    const clock = manualClock();
    const harness = await serve({ clock });
    const first = await post(harness, RUNS, PROGRAM);
    clock.advance(599_000);
    expect((await post(harness, RUNS, PROGRAM)).json).toEqual(first.json);
    expect(eventsOf(await post(harness, `${RUNS}/stream`, PROGRAM)).map(([name]) => name)).toEqual(["result"]);
    expect(harness.execution.requests).toHaveLength(1);
    clock.advance(1_001);
    await post(harness, RUNS, PROGRAM);
    expect(harness.execution.requests).toHaveLength(2);
  });

  test("but another body are in conflict, while it runs and afterwards", async () => {
    const harness = await serve();
    const release = holding(harness);
    const first = post(harness, RUNS, PROGRAM);
    await until(() => harness.execution.requests.length === 1);
    const other = { ...PROGRAM, code: "print(2)" };
    const early = await post(harness, RUNS, other);
    expect([early.status, early.error.code, early.error.context]).toEqual([
      409,
      "idempotency_conflict",
      { key: "one" },
    ]);
    release();
    await first;
    expect((await post(harness, RUNS, other)).error.code).toBe("idempotency_conflict");
    expect((await post(harness, `${RUNS}/stream`, other)).error.code).toBe("idempotency_conflict");
  });

  test("of different tenants, and of runs and batches, have nothing in common", async () => {
    const keys = ["red", "blue"].map((tenant) => ({
      name: tenant,
      key: tenant,
      tenant,
      scopes: ["sandboxes"] as const,
    }));
    const harness = await serve({ auth: { keys } });
    const as = (tenant: string, path: string, body: object) =>
      post(harness, path, body, { authorization: `Bearer ${tenant}` });
    await as("red", RUNS, PROGRAM);
    expect((await as("blue", RUNS, { ...PROGRAM, code: "print(2)" })).status).toBe(200);
    expect((await as("red", BATCHES, { ...PROGRAM, cases: [{}] })).status).toBe(200);
    expect(harness.execution.requests).toHaveLength(3);
  });

  test("go on when one of those who wait goes away, and end when all do", async () => {
    const harness = await serve();
    const release = holding(harness);
    const one = begin(harness, PROGRAM);
    await until(() => harness.execution.requests.length === 1);
    const two = post(harness, RUNS, PROGRAM);
    await settle();
    one.destroy();
    await until(() => harness.records.length === 1);
    expect(harness.execution.contexts[0]?.signal.aborted).toBe(false);
    release();
    expect((await two).status).toBe(200);

    holding(harness);
    const body = { ...PROGRAM, request_id: "two" };
    const three = begin(harness, body);
    await until(() => harness.execution.requests.length === 2);
    three.destroy();
    await until(() => harness.execution.contexts[1]?.signal.aborted === true);
    expect(SandlotError.is(harness.execution.contexts[1]?.signal.reason, "cancelled")).toBe(true);
    // Who comes back after that starts anew.
    void begin(harness, body);
    await until(() => harness.execution.requests.length === 3);
  });

  test("are tried again after a fault of ours", async () => {
    const harness = await serve();
    harness.execution.play = () =>
      Promise.reject(new SandlotError("queue_full", { resource: "slots", retry_after: 1 }));
    expect((await post(harness, RUNS, PROGRAM)).status).toBe(503);
    harness.execution.play = async () => ({});
    expect((await post(harness, RUNS, PROGRAM)).status).toBe(200);
  });

  test("share cases of a batch: those who come late hear of all of them", async () => {
    const harness = await serve();
    const { held, release } = gate();
    harness.execution.play = async (_ctx, _one, index) => {
      if (index === 1) await held;
      return {};
    };
    const body = { ...PROGRAM, cases: [{}, {}] };
    const first = post(harness, `${BATCHES}/stream`, body);
    await until(() => harness.execution.requests.length === 1);
    await settle();
    const late = post(harness, `${BATCHES}/stream`, body);
    await settle();
    release();
    const [a, b] = await Promise.all([first, late]);
    expect(eventsOf(b)).toEqual(eventsOf(a));
    expect(eventsOf(a).map(([name]) => name)).toEqual(["case", "case", "end"]);
    expect(harness.execution.requests).toHaveLength(1);
  });

  test("are remembered within bounds: the oldest answers go first", async () => {
    const harness = await serve();
    const size = 8 << 20;
    harness.execution.play = async () => ({
      stdout: { head: Buffer.alloc(size, 65), tail: Buffer.alloc(0), dropped: 0 },
    });
    const body = (i: number) => ({ ...PROGRAM, request_id: `r${i}`, keep_output_bytes: size });
    for (let i = 0; i < 9; i++) expect((await post(harness, RUNS, body(i))).status).toBe(200);
    await post(harness, RUNS, body(8));
    expect(harness.execution.requests).toHaveLength(9);
    await post(harness, RUNS, body(0));
    expect(harness.execution.requests).toHaveLength(10);
  });
});

/** A request that can be broken off. */
function begin(harness: Harness, body: object) {
  const options = {
    port: harness.server.port,
    path: RUNS,
    method: "POST",
    headers: { "content-type": "application/json" },
  };
  const req = request(options);
  req.on("error", () => undefined);
  req.end(JSON.stringify(body));
  return req;
}
