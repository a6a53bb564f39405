import { describe, expect, it } from "vitest";
import { simulatedProvider } from "../../../test/support/simulated-provider.ts";
import { systemClock } from "../../core/clock.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { silentLogger } from "../../core/logger.ts";
import type { SandboxMode, SandboxSpec } from "../spec.ts";
import { Capacity } from "./capacity.ts";
import type { SandboxLease } from "./lease.ts";
import { DEFAULT_POOL_LIMITS, DEFAULT_SERVER_LIMITS, type PoolLimits } from "./limits.ts";
import { Pool } from "./pool.ts";

const spec = { tenant: "default", resource: "test", slots: 2 } as SandboxSpec;
const ctx = rootContext();
const tick = () => new Promise((resolve) => setTimeout(resolve, 2));

function memoryProvider(options: { mode?: SandboxMode; failures?: number; error?: SandlotError } = {}) {
  let failures = options.failures ?? 0;
  const error = options.error ?? new SandlotError("sandbox_create_failed", { detail: "not now" });
  const mode = options.mode ?? "B";
  return simulatedProvider(systemClock, { mode, failure: () => (failures-- > 0 ? error : null) });
}

function poolOf(memory: ReturnType<typeof memoryProvider>, limits: Partial<PoolLimits> = {}) {
  return new Pool({
    provider: memory.provider,
    maker: memory.maker,
    spec,
    limits: { ...DEFAULT_POOL_LIMITS, waitMs: 2_000, ...limits },
    capacity: new Capacity({ ...DEFAULT_SERVER_LIMITS, creationsPerSecond: 1_000 }, systemClock),
    clock: systemClock,
    logger: silentLogger,
  });
}

describe("Pool", () => {
  it("fills the slots of a sandbox before it makes another, and keeps a buffer", async () => {
    const memory = memoryProvider();
    const pool = poolOf(memory);
    const [a, b] = [await pool.lease(ctx, { exclusive: false }), await pool.lease(ctx, { exclusive: false })];
    expect(a.sandbox.id).toBe(b.sandbox.id);
    await tick();
    expect(pool.stats).toMatchObject({ leased: 1, idle: 1 });
    await pool.close();
    expect(memory.alive.size).toBe(0);
  });

  it("gives an exclusive lease a sandbox that nobody has used, and removes it afterwards", async () => {
    const memory = memoryProvider();
    const pool = poolOf(memory);
    const shared = await pool.lease(ctx, { exclusive: false });
    const own = await pool.lease(ctx, { exclusive: true });
    expect(own.sandbox.id).not.toBe(shared.sandbox.id);
    expect(own.exclusive).toBe(true);
    own.release();
    own.release();
    await tick();
    expect(memory.alive.has(own.sandbox.id)).toBe(false);
    shared.release();
    await pool.close();
  });

  it("makes room for an exclusive lease when every sandbox has been used", async () => {
    const pool = poolOf(memoryProvider(), { max: 1, idleBuffer: 0 });
    const used = await pool.lease(ctx, { exclusive: false });
    used.release();
    const own = await pool.lease(ctx, { exclusive: true });
    expect(own.sandbox.id).not.toBe(used.sandbox.id);
    own.release();
    await pool.close();
  });

  it("lets a busy sandbox run empty for an exclusive lease that waits, however many shared ones follow", async () => {
    const pool = poolOf(memoryProvider(), { max: 1, idleBuffer: 0 });
    const held = [await pool.lease(ctx, { exclusive: false })];
    const got: SandboxLease[] = [];
    const waiting = pool.lease(ctx, { exclusive: true }).then((lease) => {
      got.push(lease);
      return lease;
    });
    for (let i = 0; i < 20 && got.length === 0; i++) {
      const next = pool.lease(ctx, { exclusive: false }).then((lease) => held.push(lease));
      next.catch(() => undefined);
      await tick();
      held.shift()?.release();
      await tick();
    }
    expect((await waiting).exclusive).toBe(true);
    for (const lease of [await waiting, ...held]) lease.release();
    await pool.close();
  });

  it("uses a mode C sandbox once", async () => {
    const pool = poolOf(memoryProvider({ mode: "C" }));
    const first = await pool.lease(ctx, { exclusive: false });
    expect(first.exclusive).toBe(true);
    first.release();
    const second = await pool.lease(ctx, { exclusive: false });
    expect(second.sandbox.id).not.toBe(first.sandbox.id);
    second.release();
    await pool.close();
  });

  it("replaces a sandbox after its uses", async () => {
    const pool = poolOf(memoryProvider(), { maxRuns: 3, idleBuffer: 0 });
    const ids = [];
    for (let i = 0; i < 7; i++) {
      const lease = await pool.lease(ctx, { exclusive: false });
      ids.push(lease.sandbox.id);
      lease.release();
    }
    expect(new Set(ids).size).toBe(3);
    await pool.close();
  });

  it("hands out no more what says that it is worn, and lets those end who hold it", async () => {
    const memory = memoryProvider();
    const pool = poolOf(memory, { idleBuffer: 0 });
    const [one, other] = [await pool.lease(ctx, { exclusive: false }), await pool.lease(ctx, { exclusive: false })];
    expect(one.sandbox.id).toBe(other.sandbox.id);
    memory.wearOut(one.sandbox.id);
    one.release();
    const next = await pool.lease(ctx, { exclusive: false });
    expect(next.sandbox.id).not.toBe(one.sandbox.id);
    expect(memory.alive.has(one.sandbox.id)).toBe(true);
    other.release();
    await tick();
    expect(memory.alive.has(one.sandbox.id)).toBe(false);
    next.release();
    await pool.close();
  });

  it("does not hand out what has been lost", async () => {
    const memory = memoryProvider();
    const pool = poolOf(memory, { idleBuffer: 0 });
    const lease = await pool.lease(ctx, { exclusive: false });
    lease.release();
    memory.lose(lease.sandbox.id);
    await tick();
    const next = await pool.lease(ctx, { exclusive: false });
    expect(next.sandbox.id).not.toBe(lease.sandbox.id);
    next.release();
    await pool.close();
  });

  it("waits through failures to create, and says why in the end", async () => {
    const pool = poolOf(memoryProvider({ failures: 2 }));
    (await pool.lease(ctx, { exclusive: false })).release();
    await pool.close();
    const broken = poolOf(memoryProvider({ failures: Infinity }), { waitMs: 300 });
    await expect(broken.lease(ctx, { exclusive: false })).rejects.toMatchObject({
      code: "sandbox_unavailable",
      context: { pool: "test", detail: "sandbox create failed: not now" },
    });
    await broken.close();
  });

  it("gives up at once on what cannot come right by itself", async () => {
    const error = new SandlotError("sandbox_image_missing", { image: "python" });
    const pool = poolOf(memoryProvider({ failures: Infinity, error }), { waitMs: 60_000 });
    await expect(pool.lease(ctx, { exclusive: false })).rejects.toBe(error);
    await pool.close();
  });

  it("refuses who waits when it closes, and forgets who gave up waiting", async () => {
    const pool = poolOf(memoryProvider(), { max: 1, idleBuffer: 0 });
    const held = [await pool.lease(ctx, { exclusive: true })];
    const controller = new AbortController();
    const gaveUp = pool.lease(rootContext({ signal: controller.signal }), { exclusive: false });
    controller.abort(new SandlotError("cancelled", { detail: "" }));
    await expect(gaveUp).rejects.toMatchObject({ code: "cancelled" });
    expect(pool.stats.waiting).toBe(0);
    const waiting = pool.lease(ctx, { exclusive: false });
    const refused = expect(waiting).rejects.toMatchObject({ code: "shutting_down" });
    await pool.close();
    await refused;
    for (const lease of held) lease.release();
  });
});
