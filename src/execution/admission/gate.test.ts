import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "../../../test/server/support/manual-clock.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Admission } from "./admission.ts";
import { Gate, type GateOptions, type Permit } from "./gate.ts";

const ctx = rootContext();
const tick = () => new Promise((resolve) => setImmediate(resolve));

function gateOf(options: Partial<GateOptions> = {}) {
  const clock = manualClock();
  const gate = new Gate({
    resource: "places",
    units: () => 2,
    maxWaiting: 4,
    begunPerUnit: 4,
    clock,
    ...options,
  });
  const admit = async (tenant: string, maxWaitMs = 1_000, weight = 1) => gate.admit(ctx, { tenant, weight, maxWaitMs });
  return { gate, clock, admit };
}

/** One that comes: notes its name when it is let in, and may be told to go. */
async function come(admitted: Promise<Admission>, name: string, order: string[]): Promise<Permit> {
  const admission = await admitted;
  order.push(name);
  const permit = await admission.permit(ctx);
  return {
    queueMs: permit.queueMs,
    release: () => {
      permit.release();
      admission.end();
    },
  };
}

describe("the gate", () => {
  it("lets in at once what fits, and then in the order it came", async () => {
    const { clock, admit, gate } = gateOf();
    const order: string[] = [];
    const [a, b] = [await come(admit("t"), "a", order), await come(admit("t"), "b", order)];
    const c = come(admit("t"), "c", order);
    const d = come(admit("t"), "d", order);
    clock.advance(10);
    a.release();
    a.release();
    expect((await c).queueMs).toBe(10);
    expect(order).toEqual(["a", "b", "c"]);
    b.release();
    (await d).release();
    (await c).release();
    expect(gate.stats).toEqual({ out: 0, waiting: 0 });
  });

  it("refuses beyond its bound, and who has waited too long, with a time to come again", async () => {
    const { clock, admit, gate } = gateOf({ maxWaiting: 2 });
    const held = [await admit("t"), await admit("t")];
    const waiting = [admit("t", 500), admit("t", 700)];
    const outcomes = Promise.allSettled(waiting);
    await expect(admit("t")).rejects.toMatchObject({ code: "queue_full", context: { resource: "places" } });
    await expect(admit("t", 0)).rejects.toMatchObject({ code: "queue_full", status: 503 });
    clock.advance(500);
    expect(gate.stats.waiting).toBe(1);
    clock.advance(200);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "queue_full" } });
    }
    expect(clock.pending()).toBe(0);
    for (const admission of held) admission.end();
    (await admit("t")).end();
  });

  it("tells how long those who wait now will take", async () => {
    const { clock, admit } = gateOf({ units: () => 1, maxWaiting: 3 });
    const first = await admit("t");
    clock.advance(4_000);
    first.end();
    const held = await admit("t");
    const waiting = [admit("t", 10_000), admit("t", 10_000), admit("t", 10_000)];
    await expect(admit("t")).rejects.toMatchObject({ context: { retry_after: 12 } });
    held.end();
    for (const one of waiting) (await one).end();
  });

  it("gives a free place to the tenant that has the fewest, however many another one asks for", async () => {
    const { admit } = gateOf({ maxWaiting: 100 });
    const order: string[] = [];
    const many = Array.from({ length: 20 }, () => come(admit("many"), "many", order));
    const few = Array.from({ length: 3 }, () => come(admit("few"), "few", order));
    const all = [...many, ...few];
    await Promise.all(all.map(async (one) => (await one).release()));
    // Both places are taken by the first tenant when the second one comes.
    expect(order.slice(0, 8).filter((name) => name === "few")).toHaveLength(3);
    expect(order).toHaveLength(23);
  });

  it("makes room for a tenant that waits for less by refusing the last of the one that waits for most", async () => {
    const { admit } = gateOf({ maxWaiting: 3 });
    const held = [await admit("many"), await admit("many")];
    const many = [admit("many"), admit("many"), admit("many")];
    const settled = Promise.allSettled(many);
    const few = admit("few");
    for (const admission of held) admission.end();
    for (const one of [few, ...many.slice(0, 2)]) (await one).end();
    const outcomes = await settled;
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(outcomes[2]).toMatchObject({ reason: { code: "queue_full" } });
  });

  it("serves begun and new work of a tenant by turns, and never refuses what has begun", async () => {
    const { admit } = gateOf({ units: () => 1, maxWaiting: 1, begunPerUnit: 10 });
    const order: string[] = [];
    const batch = await admit("t");
    const single = async () => (await come(admit("t"), "new", order)).release();
    const cases = async () => {
      for (let i = 0; i < 4; i++) {
        const permit = await batch.permit(ctx);
        order.push("begun");
        await tick();
        permit.release();
      }
      batch.end();
    };
    const running = cases();
    for (let i = 0; i < 3; i++) await single();
    await running;
    expect(order).toEqual(["begun", "new", "begun", "new", "begun", "new", "begun"]);
  });

  it("lets a batch go on while new work keeps coming", async () => {
    const { admit } = gateOf({ units: () => 1, maxWaiting: 100, begunPerUnit: 10 });
    const order: string[] = [];
    const batch = await admit("t");
    const news = Array.from({ length: 6 }, () => come(admit("t"), "new", order).then((one) => one.release()));
    for (let i = 0; i < 3; i++) {
      const permit = await batch.permit(ctx);
      order.push("begun");
      permit.release();
    }
    batch.end();
    await Promise.all(news);
    expect(order.slice(0, 5)).toEqual(["begun", "new", "begun", "new", "begun"]);
  });

  it("counts what tenants hold, not how often they came", async () => {
    const { admit } = gateOf({ units: () => 4, maxWaiting: 100 });
    const order: string[] = [];
    const slow = await Promise.all(["slow", "slow", "slow"].map((name) => come(admit(name), name, order)));
    const quick = async () => {
      const one = await come(admit("quick"), "quick", order);
      await tick();
      one.release();
    };
    const quicks = Array.from({ length: 6 }, quick);
    const slower = Array.from({ length: 6 }, () => come(admit("slow"), "slow", order));
    await Promise.all(quicks);
    // The one place that the slow ones did not hold went to the others, time after time.
    expect(order).toEqual(["slow", "slow", "slow", ...quicks.map(() => "quick")]);
    for (const one of slow) one.release();
    for (const one of slower) (await one).release();
  });

  it("bounds what one tenant has begun, not what others have", async () => {
    const { admit } = gateOf({ begunPerUnit: 1 });
    const batches = [await admit("t"), await admit("t")];
    for (const batch of batches) (await batch.permit(ctx)).release();
    const third = admit("t");
    await tick();
    const other = await admit("other");
    other.end();
    batches[0]?.end();
    (await third).end();
    batches[1]?.end();
  });

  it("keeps places free for who needs many, whatever else comes, and gives less when there is less", async () => {
    let units = 4;
    const { admit } = gateOf({ units: () => units, maxWaiting: 100 });
    const order: string[] = [];
    const light = async (name: string) => {
      const one = await come(admit("a"), name, order);
      await tick();
      one.release();
    };
    const first = [light("light"), light("light")];
    const heavy = come(admit("b", 1_000, 4), "heavy", order).then((one) => one.release());
    await Promise.all([heavy, ...first, ...Array.from({ length: 20 }, () => light("late"))]);
    expect(order.slice(0, 4)).toEqual(["light", "light", "late", "heavy"]);
    units = 2;
    (await admit("b", 0, 4)).end();
  });

  it("forgets who goes away, and serves who was waiting behind", async () => {
    const { gate, admit, clock } = gateOf({ units: () => 1 });
    const held = await admit("t");
    const gone = new AbortController();
    const impatient = gate.admit(rootContext({ signal: gone.signal }), { tenant: "t", weight: 1, maxWaitMs: 1_000 });
    const next = admit("t");
    gone.abort(new SandlotError("cancelled", { detail: "by the test" }));
    await expect(impatient).rejects.toMatchObject({ code: "cancelled" });
    held.end();
    (await next).end();
    expect([gate.stats, clock.pending()]).toEqual([{ out: 0, waiting: 0 }, 0]);
  });

  it("refuses everybody when it closes", async () => {
    const { gate, admit } = gateOf({ units: () => 1 });
    const held = await admit("t");
    const waiting = Promise.allSettled([admit("t")]);
    gate.close();
    expect(await waiting).toMatchObject([{ reason: { code: "shutting_down" } }]);
    await expect(admit("t")).rejects.toMatchObject({ code: "shutting_down" });
    held.end();
  });

  it("never gives out more than it has and gives everything back, whatever happens", async () => {
    const step = fc.tuple(fc.constantFrom("admit", "more", "release", "end", "abort", "time"), fc.nat(5), fc.nat(3));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { gate, clock } = gateOf({ units: () => 3, maxWaiting: 5, begunPerUnit: 2 });
        const works: { admission: Admission | null; permits: Permit[]; controller: AbortController }[] = [];
        for (const [name, which, weight] of steps) {
          const work = works[which % Math.max(1, works.length)];
          if (name === "admit") {
            const controller = new AbortController();
            const made = { admission: null as Admission | null, permits: [] as Permit[], controller };
            works.push(made);
            const inner = rootContext({ signal: controller.signal });
            const asked = (async () => gate.admit(inner, { tenant: `t${which}`, weight, maxWaitMs: 100 }))();
            asked.then(
              (admission) => (made.admission = admission),
              () => undefined,
            );
          } else if (name === "more" && work?.admission) {
            const asked = (async () => work.admission?.permit(rootContext({ signal: work.controller.signal })))();
            asked.then(
              (permit) => permit && work.permits.push(permit),
              () => undefined,
            );
          } else if (name === "release") work?.permits.pop()?.release();
          else if (name === "end") work?.admission?.end();
          else if (name === "abort") work?.controller.abort(new SandlotError("cancelled", { detail: "" }));
          else if (name === "time") clock.advance(40);
          await tick();
          expect(gate.stats.out).toBeLessThanOrEqual(3);
        }
        for (const work of works) work.controller.abort(new SandlotError("cancelled", { detail: "" }));
        await tick();
        for (const { admission, permits } of works) {
          for (const permit of permits) permit.release();
          admission?.end();
        }
        await tick();
        expect([gate.stats, clock.pending()]).toEqual([{ out: 0, waiting: 0 }, 0]);
      }),
      { numRuns: 200 },
    );
  });
});
