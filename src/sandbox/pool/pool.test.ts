import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { silentLogger } from "../../core/logger.ts";
import type { SandboxEnd } from "../faults.ts";
import type { Sandbox, SandboxProvider } from "../port.ts";
import type { SandboxMode, SandboxSpec } from "../spec.ts";
import { DEFAULT_POOL_LIMITS, type PoolLimits } from "./limits.ts";
import { type SandboxLease, SandboxPool } from "./pool.ts";

const spec = { tenant: "default", resource: "test", slots: 2 } as SandboxSpec;
const ctx = rootContext();
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A provider in memory that counts, fails and loses on command. */
function memoryProvider(options: { mode?: SandboxMode; failures?: number; error?: SandlotError } = {}) {
  const alive = new Map<string, (end: SandboxEnd) => void>();
  let created = 0;
  let failures = options.failures ?? 0;
  let most = 0;
  const provider: SandboxProvider = {
    name: "memory",
    probe: () => Promise.resolve({ available: true, detail: "", facts: {} }),
    list: () => Promise.resolve([]),
    async create() {
      await tick();
      if (failures-- > 0) throw options.error ?? new SandlotError("sandbox_create_failed", { detail: "not now" });
      const id = `sbx_${++created}`;
      let end: (end: SandboxEnd) => void = () => undefined;
      const ended = new Promise<SandboxEnd>((resolve) => (end = resolve));
      alive.set(id, end);
      most = Math.max(most, alive.size);
      const sandbox: Sandbox = {
        id,
        provider: "memory",
        mode: options.mode ?? "B",
        image: "x",
        ended,
        run: () => Promise.reject(new Error("not used")),
        hold: () => Promise.reject(new Error("unused")),
        drop: () => undefined,
        openSession: () => Promise.reject(new Error("unused")),
        check: () =>
          alive.has(id)
            ? Promise.resolve()
            : Promise.reject(new SandlotError("sandbox_lost", { sandbox_id: id, cause: "killed", detail: "" })),
      };
      return sandbox;
    },
    async remove(_ctx, id) {
      alive.get(id)?.({ cause: "closed", detail: "" });
      alive.delete(id);
    },
  };
  const lose = (id: string) => {
    alive.get(id)?.({ cause: "killed", detail: "" });
    alive.delete(id);
  };
  return { provider, alive, lose, created: () => created, most: () => most };
}

function poolOf(memory: ReturnType<typeof memoryProvider>, limits: Partial<PoolLimits> = {}) {
  return new SandboxPool({
    provider: memory.provider,
    spec,
    limits: { ...DEFAULT_POOL_LIMITS, waitMs: 2_000, ...limits },
    clock: systemClock,
    logger: silentLogger,
  });
}

describe("SandboxPool", () => {
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

  it("does not hand out what has been lost", async () => {
    const memory = memoryProvider();
    const pool = poolOf(memory, { idleBuffer: 0 });
    const lease = await pool.lease(ctx, { exclusive: false });
    lease.release();
    memory.lose(lease.sandbox.id);
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

  it("never makes more than its maximum and never hands a slot out twice, whatever happens", async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("shared", "exclusive") },
      { weight: 5, arbitrary: fc.constant("release") },
      { weight: 1, arbitrary: fc.constantFrom("lose", "discard", "tick") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 3 }), async (steps, failures) => {
        const memory = memoryProvider({ failures });
        const pool = poolOf(memory, { max: 3, waitMs: 60_000 });
        const held: SandboxLease[] = [];
        const pending: Promise<void>[] = [];
        for (const name of steps) {
          if (name === "shared" || name === "exclusive") {
            const lease = pool.lease(ctx, { exclusive: name === "exclusive" });
            pending.push(
              lease.then(
                (got) => void held.push(got),
                () => undefined,
              ),
            );
          } else if (name === "lose") memory.lose(Array.from(memory.alive.keys())[0] ?? "");
          else if (name !== "tick") held.shift()?.release({ discard: name === "discard" });
          await tick();
          expect(memory.most()).toBeLessThanOrEqual(3);
          for (const lease of held) {
            const together = held.filter((other) => other.sandbox.id === lease.sandbox.id);
            expect(together.length).toBeLessThanOrEqual(lease.exclusive ? 1 : 2);
          }
        }
        for (const lease of held.splice(0)) lease.release();
        await pool.close();
        await Promise.all(pending);
        expect(memory.alive.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
