import { describe, expect, it } from "vitest";
import { asCompleted } from "./as-completed.ts";

const after = (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));

describe("asCompleted", () => {
  it("answers everything, in the order in which it completes", async () => {
    const seen: number[] = [];
    for await (const ms of asCompleted([60, 1, 30], 3, after)) seen.push(ms);
    expect(seen).toEqual([1, 30, 60]);
  });

  it("starts no more than it may, and nothing that nobody reads", async () => {
    let started = 0;
    const results = asCompleted([1, 2, 3, 4, 5], 2, async (item) => {
      started++;
      return item;
    });
    await results.next();
    expect(started).toBe(2);
    await results.next();
    expect(started).toBe(3);
    await results.return(undefined);
    expect(started).toBe(3);
  });

  it("ends with the first error", async () => {
    const results = asCompleted([1, 2], 2, async (item) => {
      if (item === 2) throw new Error("two");
      return after(20);
    });
    await expect(results.next()).rejects.toThrow("two");
  });
});
