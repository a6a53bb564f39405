import { expect, it, vi } from "vitest";
import { systemClock } from "../core/clock.ts";
import { rootContext, withScope } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type {
  OpenSessionRequest,
  SessionService,
  SessionView,
  UsedSession,
  UsedSessionReply,
} from "../execution/index.ts";
import { openToolSession } from "./open-tool-session.ts";

const ctx = rootContext();
const captured = (text: string) => ({ head: Buffer.from(text), tail: Buffer.alloc(0), dropped: 0 });
const REPLY: UsedSessionReply = {
  status: "ok",
  value: null,
  error: null,
  exitCode: null,
  exit: null,
  limit: null,
  stdout: captured(""),
  stderr: captured(""),
  times: { wallMs: 1, cpuMs: 1 },
  memoryPeakBytes: 1,
  queueMs: 0,
};

/** Sessions whose calls are answered as given. */
function sessionsWith(call: (code: string) => Partial<UsedSessionReply>) {
  let opened = 0;
  const view = { sandbox: { id: "sbx_1", provider: "test", mode: "A" } } as SessionView;
  const used = { call: async (_: unknown, { code }: { code: string }) => ({ ...REPLY, ...call(code) }) };
  const sessions = {
    open: vi.fn(async (_ctx: unknown, _request: OpenSessionRequest) => ({ ...view, id: `ses_${++opened}` })),
    use: async <T>(_ctx: unknown, _id: string, work: (session: UsedSession) => Promise<T>) => work(used as UsedSession),
    close: vi.fn(async (_ctx: unknown, _id: string) => undefined),
  };
  return { sessions: sessions as typeof sessions & SessionService, clock: systemClock, maxLifetimeMs: 3_600_000 };
}

const ended = (reason: string, detail: string | null = null) => {
  throw new SandlotError("session_ended", { session_id: "ses_1", reason, detail });
};

it("lives no longer than its rollout, and is closed once", async () => {
  const service = sessionsWith(() => ({}));
  await withScope(ctx, { timeoutMs: 60_000 }, async (scope) => {
    const session = await openToolSession(scope, service, { language: "python", image: "python-numerical" });
    const request = service.sessions.open.mock.calls[0]?.[1];
    expect(request).toMatchObject({ isolation: "slot", image: "python-numerical", language: "python" });
    expect(request?.lifetimeMs).toBeLessThanOrEqual(60_000);
    expect(request?.idleMs).toBe(request?.lifetimeMs);
    await session.close(ctx);
    await session.close(ctx);
    expect(service.sessions.close).toHaveBeenCalledTimes(1);
    await expect(session.call(ctx, "1")).rejects.toThrow("the session is closed");
  });
});

it("shows values as str does", async () => {
  const value = (code: string) => (code === "x" ? { value: "np.float64(0.5)" } : { stdout: captured("0.5") });
  const session = await openToolSession(ctx, sessionsWith(value), { language: "python" });
  expect(await session.call(ctx, "x")).toMatchObject({ status: "ok", value: "0.5", stdout: "" });
});

it.each(["exit", "interrupted", "memory", "processes", "output"])(
  "goes on anew after its own end by %s",
  async (reason) => {
    const service = sessionsWith(() => ended(reason));
    const session = await openToolSession(ctx, service, { language: "python" });
    expect(await session.call(ctx, "boom")).toMatchObject({ status: "ended" });
    expect(await session.call(ctx, "boom")).toMatchObject({ status: "ended" });
    expect(service.sessions.open).toHaveBeenCalledTimes(2);
  },
);

it.each([
  ["sandbox_lost", "oom: the kernel ran out of memory", "oom"],
  ["idle", null, "closed"],
  ["lifetime", null, "closed"],
  ["shutting_down", null, "closed"],
  ["closed", null, "closed"],
])("is a fault when it is lost by %s", async (reason, detail, cause) => {
  const session = await openToolSession(
    ctx,
    sessionsWith(() => ended(reason, detail)),
    { language: "python" },
  );
  await expect(session.call(ctx, "x")).rejects.toMatchObject({
    code: "sandbox_lost",
    domain: "sandbox",
    context: { cause },
  });
});

it("waits for a place as long as it may, whatever refuses it", async () => {
  vi.useFakeTimers();
  try {
    const service = sessionsWith(() => ({}));
    service.sessions.open.mockRejectedValueOnce(new SandlotError("quota_exceeded", { resource: "s", retry_after: 1 }));
    service.sessions.open.mockRejectedValueOnce(new SandlotError("queue_full", { resource: "s", retry_after: 1 }));
    const opening = openToolSession(ctx, service, { language: "python" });
    await vi.advanceTimersByTimeAsync(10_000);
    await opening;
    expect(service.sessions.open).toHaveBeenCalledTimes(3);
    service.sessions.open.mockRejectedValue(new SandlotError("overloaded", { resource: "s", retry_after: 1 }));
    const inVain = withScope(ctx, { timeoutMs: 5_000 }, (scope) =>
      openToolSession(scope, service, { language: "python" }),
    );
    const refused = expect(inVain).rejects.toMatchObject({ code: "deadline_exceeded" });
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    service.sessions.open.mockRejectedValue(new SandlotError("unknown_language", { name: "pyton" }));
    await expect(openToolSession(ctx, service, { language: "pyton" })).rejects.toMatchObject({
      code: "unknown_language",
    });
  } finally {
    vi.useRealTimers();
  }
});
