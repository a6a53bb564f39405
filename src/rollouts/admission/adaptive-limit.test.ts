import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AdaptiveLimit } from "./adaptive-limit.ts";

function clockAt(time = { now: 0 }) {
  return { now: () => time.now, monotonic: () => time.now, after: () => () => undefined, time };
}

describe("the adaptive limit", () => {
  test("stays between 1 and the highest, rises only by success and falls only by refusal", () => {
    const event = fc.record({ kind: fc.constantFrom("succeeded", "refused"), inUse: fc.nat(200), ms: fc.nat(3_000) });
    const run = (max: number, events: readonly { kind: string; inUse: number; ms: number }[]) => {
      const clock = clockAt();
      const limit = new AdaptiveLimit({ max, clock });
      for (const { kind, inUse, ms } of events) {
        clock.time.now += ms;
        const before = limit.current;
        if (kind === "succeeded") limit.succeeded(inUse);
        else limit.refused(inUse);
        expect(limit.current).toBeGreaterThanOrEqual(1);
        expect(limit.current).toBeLessThanOrEqual(max);
        if (kind === "succeeded") expect(limit.current - before).toBeGreaterThanOrEqual(0);
        else expect(limit.current - before).toBeLessThanOrEqual(0);
      }
    };
    fc.assert(fc.property(fc.integer({ min: 1, max: 100 }), fc.array(event, { maxLength: 60 }), run));
  });

  test("refusals of one moment count once", () => {
    const clock = clockAt();
    const limit = new AdaptiveLimit({ max: 100, clock });
    for (let i = 0; i < 50; i++) limit.refused(100);
    expect(limit.current).toBe(85);
    clock.time.now += 1_000;
    limit.refused(85);
    expect(limit.current).toBe(72);
  });

  test("what was not used up is not raised", () => {
    const clock = clockAt();
    const limit = new AdaptiveLimit({ max: 100, clock });
    limit.refused(10);
    expect(limit.current).toBe(8);
    for (let i = 0; i < 1_000; i++) limit.succeeded(3);
    expect(limit.current).toBe(8);
    for (let i = 0; i < 1_000; i++) limit.succeeded(limit.current);
    expect(limit.current).toBeGreaterThan(30);
  });

  test("finds what an endpoint bears: refusals become rare, and its room is used", () => {
    const borne = 40;
    const clock = clockAt();
    const limit = new AdaptiveLimit({ max: 1_000, clock });
    let refusals = 0;
    let used = 0;
    const seconds = 300;
    // Every call takes a second; what is beyond what is borne is refused at once.
    for (let second = 0; second < seconds; second++) {
      clock.time.now += 1_000;
      const asked = limit.current;
      const served = Math.min(asked, borne);
      if (asked > borne) limit.refused(asked);
      for (let i = 0; i < served; i++) limit.succeeded(asked);
      if (second < 30) continue;
      refusals += asked - served;
      used += served;
    }
    expect(refusals / used).toBeLessThan(0.02);
    expect(used / ((seconds - 30) * borne)).toBeGreaterThan(0.7);
  });
});
