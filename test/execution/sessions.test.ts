import { afterEach, describe, expect, it } from "vitest";
import { LOCAL_PRINCIPAL, rootContext } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { OpenSessionRequest } from "../../src/execution/index.ts";
import type { FaultCause } from "../../src/sandbox/index.ts";
import { manualClock } from "../server/support/manual-clock.ts";
import { engineOf, type EngineOptions } from "./support/engines.ts";
import { memoryPools, memorySandboxes, printed } from "./support/memory-sandboxes.ts";

const ctx = rootContext();
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
const tenant = (name: string) => rootContext({ principal: { ...LOCAL_PRINCIPAL, tenant: name } });

function open(sessions: EngineOptions["sessions"] = {}) {
  const clock = manualClock();
  const memory = memorySandboxes(() => printed("run"));
  const pools = memoryPools(memory, { max: 2, idleBuffer: 0 });
  const engine = engineOf({ pools, clock, sessions });
  closers.push(
    () => pools.close(),
    () => engine.close(),
  );
  const python = (more: Partial<OpenSessionRequest> = {}, as = ctx) =>
    engine.sessions.open(as, { language: "python", isolation: "slot", ...more });
  const call = (id: string, code: string, as = ctx) =>
    engine.sessions.use(as, id, (session) => session.call(as, { code }));
  const endSandbox = async (id: string, cause: FaultCause) => {
    memory.alive.get(engine.sessions.get(ctx, id).sandbox.id)?.end(cause);
    await tick();
  };
  return { engine, sessions: engine.sessions, clock, memory, pools, python, call, endSandbox };
}

describe("sessions", () => {
  it("keep their state from call to call, side by side in one sandbox", async () => {
    const { python, call, sessions, pools, clock } = open();
    const [one, two] = [await python(), await python()];
    expect(one).toEqual({
      id: expect.stringMatching(/^ses_/) as string,
      language: "python",
      image: "python",
      isolation: "slot",
      state: "open",
      reason: null,
      detail: null,
      sandbox: { id: "sbx_1", provider: "memory", mode: "B" },
      openedAt: clock.now(),
      lastUsedAt: clock.now(),
      expiresAt: clock.now() + 3_600_000,
      times: { queueMs: expect.any(Number) as number, claimMs: expect.any(Number) as number, setupMs: 0 },
    });
    expect(two.sandbox.id).toBe(one.sandbox.id);
    await call(one.id, "a");
    clock.advance(1_000);
    expect((await call(one.id, "b")).value).toBe("ab");
    expect((await call(two.id, "c")).value).toBe("c");
    expect(sessions.get(ctx, one.id).lastUsedAt).toBe(clock.now());
    expect(sessions.list(ctx).map(({ id }) => id)).toEqual([one.id, two.id]);
    expect(pools.admin.list().map(({ spec }) => spec.resource)).toEqual(["session"]);
  });

  it("belong to the tenant that opened them, and nobody else can tell that they exist", async () => {
    const { python, call, sessions } = open();
    const mine = await python({}, tenant("mine"));
    const theirs = tenant("theirs");
    const unknown = { code: "not_found", context: { kind: "session", id: mine.id } };
    await expect(call(mine.id, "x", theirs)).rejects.toMatchObject(unknown);
    await expect(sessions.close(theirs, mine.id)).rejects.toMatchObject(unknown);
    expect(() => sessions.get(theirs, mine.id)).toThrow(expect.objectContaining(unknown));
    expect(() => sessions.interrupt(theirs, mine.id)).toThrow(expect.objectContaining(unknown));
    expect(sessions.list(theirs)).toEqual([]);
    await sessions.close(tenant("mine"), mine.id);
    expect(() => sessions.get(theirs, mine.id)).toThrow(expect.objectContaining(unknown));
    expect((await python({}, theirs)).sandbox.id).not.toBe(mine.sandbox.id);
  });

  it("in a container have it to themselves, and it goes with them", async () => {
    const { sessions, memory, python } = open();
    const shell = await sessions.open(ctx, { language: "bash", isolation: "container" });
    const slot = await python({ isolation: "container" });
    expect(shell.sandbox.id).not.toBe(slot.sandbox.id);
    await sessions.close(ctx, shell.id);
    await tick();
    expect(memory.alive.has(shell.sandbox.id)).toBe(false);
    expect(memory.alive.has(slot.sandbox.id)).toBe(true);
  });

  it("are refused where the language has none, or not in a slot", async () => {
    const { sessions, memory } = open();
    const refused = (field: string) => ({ code: "invalid_request", context: { fields: [{ field }] } });
    const asked: [string, Partial<OpenSessionRequest>][] = [
      ["isolation", { language: "bash" }],
      ["language", { language: "compiled" }],
      ["lifetime_seconds", { lifetimeMs: 3_600_001 }],
      ["idle_seconds", { idleMs: 0 }],
      ["limits.memory_mib", { limits: { memoryBytes: 2 ** 40 } }],
      ["env", { env: { "": "x" } }],
    ];
    for (const [field, more] of asked) {
      const request = { language: "python", isolation: "slot", ...more } as const;
      await expect(sessions.open(ctx, request), field).rejects.toMatchObject(refused(field));
    }
    expect(memory.counts.created).toBe(0);
  });

  it("end when nobody uses them, whatever their neighbours do", async () => {
    const { python, call, sessions, clock } = open();
    const [idle, used] = [await python({ idleMs: 1_000 }), await python({ idleMs: 1_000 })];
    for (let i = 0; i < 3; i++) {
      clock.advance(600);
      await call(used.id, "x");
    }
    await tick();
    expect(sessions.get(ctx, idle.id)).toMatchObject({ state: "ended", reason: "idle" });
    expect(sessions.get(ctx, used.id).state).toBe("open");
    await expect(call(idle.id, "x")).rejects.toMatchObject({
      code: "session_ended",
      status: 410,
      context: { session_id: idle.id, reason: "idle" },
    });
  });

  it("are not idle while a call runs, but end when their lifetime is over, call or not", async () => {
    const { python, call, sessions, clock } = open();
    const { id } = await python({ idleMs: 1_000, lifetimeMs: 10_000 });
    const hanging = call(id, "hang");
    const outcome = expect(hanging).rejects.toMatchObject({
      code: "session_ended",
      context: { reason: "lifetime" },
    });
    clock.advance(9_000);
    expect(sessions.get(ctx, id).state).toBe("open");
    clock.advance(1_000);
    await outcome;
    expect(clock.pending()).toBe(0);
  });

  it("end for the program's reason, and give their slot back", async () => {
    const { python, call, sessions } = open({ atOnce: 1 });
    const { id } = await python();
    expect((await call(id, "exit")).status).toBe("ended");
    await tick();
    expect(sessions.get(ctx, id)).toMatchObject({ state: "ended", reason: "exit" });
    expect((await python()).state).toBe("open");
  });

  it.each(["oom", "agent_exit", "killed", "engine"] as const)(
    "lost with their sandbox by %s say so, and are no error to try again",
    async (cause) => {
      const { python, call, sessions, endSandbox } = open();
      const [one, two] = [await python(), await python()];
      const hanging = expect(call(one.id, "hang")).rejects.toMatchObject({
        code: "session_ended",
        status: 410,
        retry: "never",
        context: { session_id: one.id, reason: "sandbox_lost", detail: expect.stringContaining(cause) as string },
      });
      await endSandbox(one.id, cause);
      await hanging;
      for (const { id } of [one, two]) {
        await expect(call(id, "x")).rejects.toMatchObject({ code: "session_ended" });
        expect(sessions.get(ctx, id)).toMatchObject({
          state: "ended",
          reason: "sandbox_lost",
          detail: expect.stringContaining(cause) as string,
        });
      }
      expect((await python()).sandbox.id).not.toBe(one.sandbox.id);
    },
  );

  it("end with a fault of their own, and leave a sandbox that nobody else gets", async () => {
    const { python, call, sessions, memory } = open();
    const { id, sandbox } = await python();
    await expect(call(id, "fault")).rejects.toMatchObject({ code: "session_ended", status: 410 });
    expect(sessions.get(ctx, id)).toMatchObject({
      state: "ended",
      reason: "sandbox_lost",
      detail: expect.stringContaining("lane_lost") as string,
    });
    await tick();
    expect(memory.alive.has(sandbox.id)).toBe(false);
  });

  it("are interrupted without losing their state", async () => {
    const { python, call, sessions } = open();
    const { id } = await python();
    await call(id, "a");
    const hanging = call(id, "hang");
    await tick();
    sessions.interrupt(ctx, id);
    expect((await hanging).status).toBe("interrupted");
    expect((await call(id, "b")).value).toBe("ahangb");
  });

  it("are bounded for each tenant and altogether; who waits too long is refused", async () => {
    const { python, sessions, clock } = open({ atOnce: 3, perTenant: 2, maxWaiting: 1, maxQueueMs: 500 });
    const [one] = [await python(), await python()];
    await expect(python()).rejects.toMatchObject({ code: "quota_exceeded", status: 429 });
    await python({}, tenant("other"));
    const waiting = Promise.allSettled([python({}, tenant("third"))]);
    await tick();
    await expect(python({}, tenant("fourth"))).rejects.toMatchObject({ code: "queue_full" });
    clock.advance(500);
    expect(await waiting).toMatchObject([{ reason: { code: "queue_full", context: { resource: "sessions" } } }]);
    const patient = python({}, tenant("third"));
    await tick();
    await sessions.close(ctx, one?.id ?? "");
    expect((await patient).state).toBe("open");
  });

  it("take nothing from the slots of runs", async () => {
    const { python, engine, pools } = open();
    for (let i = 0; i < 4; i++) await python();
    const { cases } = await engine.run(ctx, { language: "python", code: "", cases: [{}] });
    expect(cases[0]?.status).toBe("ok");
    expect(pools.admin.list().map(({ spec }) => spec.resource)).toEqual(["session", "execution"]);
  });

  it("may be opened again and again by a tenant that closes them", async () => {
    const { python, sessions } = open({ atOnce: 2, perTenant: 1 });
    for (let i = 0; i < 5; i++) await sessions.close(ctx, (await python()).id);
    expect(sessions.list(ctx).map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "ended"));
  });

  it("close once, however often they are asked to", async () => {
    const { python, sessions } = open();
    const { id } = await python();
    await Promise.all([sessions.close(ctx, id), sessions.close(ctx, id)]);
    await sessions.close(ctx, id);
    expect(sessions.get(ctx, id)).toMatchObject({ state: "ended", reason: "closed" });
    await expect(sessions.close(ctx, "ses_nothing")).rejects.toMatchObject({ code: "not_found" });
  });

  it("end with the server, with those that are being used", async () => {
    const { python, call, engine, clock } = open();
    const { id } = await python();
    const hanging = expect(call(id, "hang")).rejects.toMatchObject({ context: { reason: "shutting_down" } });
    await engine.close();
    await hanging;
    await expect(python()).rejects.toMatchObject({ code: "shutting_down" });
    expect(clock.pending()).toBe(0);
  });

  it("tell how long a call has waited for those before it, and of none when there were none", async () => {
    const { python, call, sessions, clock } = open();
    const { id } = await python();
    expect((await call(id, "a")).queueMs).toBe(0);
    const hanging = call(id, "hang");
    await tick();
    const waiting = call(id, "b");
    clock.advance(250);
    sessions.interrupt(ctx, id);
    // The sandboxes of these tests say that every call takes a millisecond.
    expect((await hanging).queueMs).toBe(0);
    expect((await waiting).queueMs).toBe(249);
    expect((await call(id, "c")).queueMs).toBe(0);
  });

  it("count as waiting also what a caller has left behind that went away", async () => {
    const { python, call, sessions, clock } = open();
    const { id } = await python();
    const controller = new AbortController();
    const left = call(id, "hang", rootContext({ signal: controller.signal }));
    await tick();
    controller.abort(new SandlotError("cancelled", { detail: "by the test" }));
    await expect(left).rejects.toMatchObject({ code: "cancelled" });
    const waiting = call(id, "b");
    await tick();
    clock.advance(100);
    sessions.interrupt(ctx, id);
    expect((await waiting).queueMs).toBe(99);
    expect((await call(id, "c")).queueMs).toBe(0);
  });

  it("survive a caller who goes away, and bound how many may call", async () => {
    const { python, call, engine, sessions } = open();
    const { id } = await python();
    const controller = new AbortController();
    const hanging = call(id, "hang", rootContext({ signal: controller.signal }));
    controller.abort(new SandlotError("cancelled", { detail: "by the test" }));
    await expect(hanging).rejects.toMatchObject({ code: "cancelled" });
    expect(sessions.get(ctx, id).state).toBe("open");
    const many = Promise.allSettled(Array.from({ length: 70 }, () => call(id, "hang")));
    await tick();
    await engine.close();
    const codes = (await many).map((one) => (one.status === "rejected" ? (one.reason as SandlotError).code : null));
    expect(codes.filter((code) => code === "quota_exceeded")).toHaveLength(6);
    expect(codes.filter((code) => code === "session_ended")).toHaveLength(64);
  });

  it("are opened elsewhere when a sandbox breaks, the last time alone", async () => {
    const { python, memory } = open();
    const first = await python();
    const sandbox = memory.alive.get(first.sandbox.id);
    if (!sandbox) throw new Error("no sandbox");
    sandbox.openSession = async () => {
      sandbox.end("agent_exit");
      throw new SandlotError("sandbox_lost", { sandbox_id: sandbox.id, cause: "agent_exit", detail: "" });
    };
    const second = await python();
    expect(second.sandbox.id).not.toBe(first.sandbox.id);
  });
});
