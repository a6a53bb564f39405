import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shareOut, type WaitingJob } from "./fair-share.ts";

const job = (id: string, more: Partial<WaitingJob> = {}): WaitingJob => ({
  id,
  tenant: "default",
  model: "policy",
  priority: 0,
  due: 100,
  running: 0,
  ...more,
});
const none = new Map<string, number>();
const share = (jobs: WaitingJob[], limit: number, more: Partial<Parameters<typeof shareOut>[1]> = {}) =>
  Object.fromEntries(shareOut(jobs, { limit, rooms: none, running: none, ...more }));

describe("how places are shared out", () => {
  test("tenants get the same, however many jobs they have and whatever their priorities", () => {
    const jobs = [job("a1", { tenant: "a", priority: 9 }), job("a2", { tenant: "a" }), job("b", { tenant: "b" })];
    expect(share(jobs, 10)).toEqual({ a1: 5, b: 5 });
  });

  test("a tenant that runs more waits until the others have as much", () => {
    const jobs = [job("a", { tenant: "a", running: 6 }), job("b", { tenant: "b" })];
    expect(share(jobs, 8, { running: new Map([["a", 6]]) })).toEqual({ a: 1, b: 7 });
  });

  test("of one tenant the higher priority goes first, and equal ones share alike", () => {
    const jobs = [job("low", { priority: -1 }), job("x", { due: 3 }), job("y", { running: 2 })];
    expect(share(jobs, 6)).toEqual({ x: 3, y: 3 });
    expect(share([job("low", { priority: -1 }), job("x", { due: 3 })], 6)).toEqual({ x: 3, low: 3 });
  });

  test("a model that is full takes nothing, and keeps nothing from others", () => {
    const jobs = [job("x", { priority: 1 }), job("y", { model: "judge" })];
    expect(share(jobs, 6, { rooms: new Map([["policy", 2]]) })).toEqual({ x: 2, y: 4 });
  });

  test("every place is used while there is a job for it, and no job gets more than it has", () => {
    const jobs = fc.uniqueArray(
      fc.record({
        id: fc.string(),
        tenant: fc.constantFrom("a", "b", "c"),
        model: fc.constantFrom("m", "n"),
        priority: fc.integer({ min: -2, max: 2 }),
        due: fc.nat({ max: 20 }),
        running: fc.nat({ max: 20 }),
      }),
      { selector: ({ id }) => id, maxLength: 8 },
    );
    const property = fc.property(jobs, fc.nat({ max: 60 }), fc.nat({ max: 30 }), (waiting, limit, room) => {
      const taken = shareOut(waiting, { limit, rooms: new Map([["m", room]]), running: none });
      const of = (model: string) => waiting.filter((one) => one.model === model);
      const given = (some: WaitingJob[]) => some.reduce((sum, { id }) => sum + (taken.get(id) ?? 0), 0);
      const due = (some: WaitingJob[]) => some.reduce((sum, { due: count }) => sum + count, 0);
      for (const one of waiting) expect(taken.get(one.id) ?? 0).toBeLessThanOrEqual(one.due);
      expect(given(of("m"))).toBeLessThanOrEqual(room);
      expect(given(waiting)).toBe(Math.min(limit, Math.min(room, due(of("m"))) + due(of("n"))));
    });
    fc.assert(property);
  });
});
