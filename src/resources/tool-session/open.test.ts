import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { rootContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type {
  OpenSessionRequest,
  SessionService,
  SessionView,
  UsedSession,
  UsedSessionReply,
} from "../../execution/index.ts";
import { captured, replyOf } from "../../../test/execution/support/stage.ts";
import { openToolSession } from "./open.ts";

const ctx = rootContext();
const CONTROL = "sum(range(1000))";
type Answer = (code: string, place: { readonly id: string; readonly alone: boolean }) => Partial<UsedSessionReply>;

/** Sessions whose calls are answered as given; but for the control program, which passes. */
function sessionsWith(call: Answer) {
  let opened = 0;
  const alone = new Map<string, boolean>();
  const said: string[] = [];
  const sessions = {
    open: vi.fn(async (_ctx: unknown, { isolation }: OpenSessionRequest) => {
      const id = `ses_${++opened}`;
      alone.set(id, isolation === "container");
      return { id, isolation, sandbox: { id: `sbx_${opened}`, provider: "test", mode: "A" } } as SessionView;
    }),
    use: async <T>(_ctx: unknown, id: string, work: (session: UsedSession) => Promise<T>) =>
      work({
        call: async (_: unknown, { code }: { code: string }) => {
          said.push(`${id}: ${code}`);
          if (code === CONTROL) return replyOf({ value: "499500" });
          if (code.startsWith("__import__")) return replyOf({ stdout: captured("499500") });
          return replyOf(call(code, { id, alone: alone.get(id) ?? false }));
        },
      } as unknown as UsedSession),
    close: vi.fn(async (_ctx: unknown, _id: string) => undefined),
  };
  const service = sessions as typeof sessions & SessionService;
  return { sessions: service, said, clock: systemClock, maxLifetimeMs: 3_600_000 };
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
  const session = await openToolSession(
    ctx,
    sessionsWith(() => ({ value: "np.float64(499500)" })),
    { language: "python" },
  );
  expect(await session.call(ctx, "x")).toMatchObject({ status: "ok", value: "499500", stdout: "" });
});

it("answers code that no session takes, without asking one", async () => {
  const service = sessionsWith(() => ({}));
  const session = await openToolSession(ctx, service, { language: "python" });
  for (const code of ["a = '\0'", "x".repeat((4 << 20) + 1)])
    expect(await session.call(ctx, code)).toMatchObject({ status: "error", error: { name: "ValueError" } });
  expect(service.said).toEqual([]);
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

const LOST = "lane_lost: by the test";
const KILLED = "killed: by the test";
const opened = (service: ReturnType<typeof sessionsWith>) =>
  service.sessions.open.mock.calls.map(([, { isolation }]) => isolation);

it.each([
  ["sandbox_lost", LOST, "container"],
  ["sandbox_lost", "oom: the kernel", "container"],
  ["sandbox_lost", "lane_failed: a code of the agent's own", "container"],
  ["lifetime", null, "container"],
  ["sandbox_lost", KILLED, "slot"],
  ["sandbox_lost", "engine: went away", "slot"],
  ["closed", null, "slot"],
])("makes its calls again after a loss: %s, %s", async (reason, detail, where) => {
  let lost = false;
  const service = sessionsWith((code) => {
    if (code !== "b" || lost) return { stdout: captured(code) };
    lost = true;
    return ended(reason, detail);
  });
  const session = await openToolSession(ctx, service, { language: "python" });
  for (const code of ["a", "b", "c"])
    expect(await session.call(ctx, code)).toMatchObject({ status: "ok", stdout: code });
  expect(service.said).toEqual(["ses_1: a", "ses_1: b", "ses_2: a", "ses_2: b", "ses_2: c"]);
  expect(opened(service)).toEqual(["slot", where]);
});

it("blames code that ends every sandbox it is alone in, and goes on", async () => {
  const service = sessionsWith((code) => (code === "kill" ? ended("sandbox_lost", LOST) : {}));
  const session = await openToolSession(ctx, service, { language: "python" });
  await session.call(ctx, "a");
  expect(await session.call(ctx, "kill")).toMatchObject({ status: "ended", limit: null });
  // Beside others, then alone twice, each time with a control in another sandbox.
  expect(opened(service)).toEqual(["slot", "container", "container", "container", "container"]);
  expect(await session.call(ctx, "b")).toMatchObject({ status: "ok" });
  expect(service.said.at(-1)).toBe("ses_6: b");
  expect(opened(service).at(-1)).toBe("slot");
});

it("does not blame code that does no harm alone", async () => {
  const service = sessionsWith((_code, { alone }) => (alone ? {} : ended("sandbox_lost", LOST)));
  const session = await openToolSession(ctx, service, { language: "python" });
  expect(await session.call(ctx, "a")).toMatchObject({ status: "ok" });
  expect(await session.call(ctx, "b")).toMatchObject({ status: "ok" });
  expect(opened(service)).toEqual(["slot", "container"]);
});

it.each([
  ["by what no code could have caused", KILLED, "killed"],
  ["in every sandbox, that of a control program too", LOST, "lane_lost"],
])("throws a fault when it is lost again and again %s", async (_what, detail, cause) => {
  const service = sessionsWith(() => ended("sandbox_lost", detail));
  if (detail === LOST) service.sessions.use = async () => ended("sandbox_lost", detail);
  const session = await openToolSession(ctx, service, { language: "python" });
  const fault = { code: "sandbox_lost", domain: "sandbox", context: { cause } };
  await expect(session.call(ctx, "x")).rejects.toMatchObject(fault);
});

it("is a fault at once when this process stops", async () => {
  const service = sessionsWith(() => ended("shutting_down"));
  const session = await openToolSession(ctx, service, { language: "python" });
  await expect(session.call(ctx, "x")).rejects.toMatchObject({ code: "sandbox_lost" });
  expect(opened(service)).toEqual(["slot"]);
});

describe("a state that cannot be had again", () => {
  const past = [
    ["answers otherwise", (id: string) => ({ stdout: captured(id) })],
    ["was cut off", () => ({ status: "interrupted", limit: "cpu" }) as const],
  ] as const;

  it.each(past)("is the machine's fault when the machine lost it: %s", async (_what, first) => {
    const service = sessionsWith((code, { id }) =>
      code === "a" ? first(id) : id === "ses_1" ? ended("sandbox_lost", KILLED) : {},
    );
    const session = await openToolSession(ctx, service, { language: "python" });
    await session.call(ctx, "a");
    await expect(session.call(ctx, "b")).rejects.toMatchObject({ code: "sandbox_lost" });
  });

  it.each(past)("is told, when code could have lost it: %s", async (_what, first) => {
    const service = sessionsWith((code, { id }) =>
      code === "a" ? first(id) : id === "ses_1" ? ended("sandbox_lost", LOST) : {},
    );
    const session = await openToolSession(ctx, service, { language: "python" });
    await session.call(ctx, "a");
    expect(await session.call(ctx, "b")).toMatchObject({ status: "ended" });
    expect(await session.call(ctx, "b")).toMatchObject({ status: "ok" });
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
