import { describe, expect, it } from "vitest";
import { prefixChainOf } from "../index.ts";
import { Estimates } from "./estimates.ts";
import { Pace, slownessOf } from "./pace.ts";
import { PREFIX_BLOCK_BYTES } from "./prefix-chain.ts";
import { PrefixIndex } from "./prefix-index.ts";

describe("Estimates", () => {
  it("learns how many bytes a token has, how long answers are and how sessions grow", () => {
    const estimates = new Estimates();
    expect([estimates.tokensOf(4_000), estimates.growthTokens, estimates.completionTokens]).toEqual([
      1_000, 6_000, 256,
    ]);
    for (let i = 0; i < 500; i++) {
      estimates.learnCall(20_000, { promptTokens: 10_000, completionTokens: 50 });
      estimates.learnSession(40_000);
    }
    expect(estimates.tokensOf(4_000)).toBeCloseTo(2_000, -1);
    expect(estimates.completionTokens).toBeCloseTo(50, 0);
    expect(estimates.growthTokens).toBeCloseTo(40_000, -3);
  });

  it("keeps its ratio when a call did not say its bytes, or had no prompt", () => {
    const estimates = new Estimates();
    estimates.learnCall(null, { promptTokens: 10, completionTokens: 1 });
    estimates.learnCall(10, { promptTokens: 0, completionTokens: 1 });
    expect(estimates.bytesPerToken).toBe(4);
  });
});

describe("slowness", () => {
  const paceOf = (msPerToken: number, samples = 5) => {
    const pace = new Pace();
    for (let i = 0; i < samples; i++) pace.add(msPerToken * 100, 100);
    return pace;
  };

  it("is the time per token beside the median, from 0.7 to 4, and 1 before five samples", () => {
    expect(slownessOf([paceOf(20), paceOf(20), paceOf(40), paceOf(1), paceOf(900), paceOf(900, 4)])).toEqual([
      1, 1, 2, 0.7, 4, 1,
    ]);
    expect(slownessOf([])).toEqual([]);
  });

  it("weighs by tokens, and forgets", () => {
    const pace = paceOf(10);
    pace.add(1_000, 1);
    expect(pace.msPerToken).toBeLessThan(15);
    for (let i = 0; i < 60; i++) pace.add(3_000, 100);
    expect(pace.msPerToken).toBeCloseTo(30, 0);
  });

  it("ignores answers without tokens", () => {
    expect(paceOf(10, 4).msPerToken).toBeNull();
    const pace = paceOf(10, 4);
    pace.add(5_000, 0);
    expect(pace.msPerToken).toBeNull();
  });
});

describe("prefixes", () => {
  const body = (length: number, fill: number) => new Uint8Array(length).fill(fill);

  it("agree as far as bodies do, in full blocks, and not after a difference", () => {
    const [short, long] = [body(3 * PREFIX_BLOCK_BYTES + 5, 7), body(6 * PREFIX_BLOCK_BYTES, 7)];
    const chain = prefixChainOf(long, 4);
    expect(chain.blockTokens).toBe(1_024);
    expect(prefixChainOf(short, 4).hashes).toEqual(chain.hashes.slice(0, 3));
    long[PREFIX_BLOCK_BYTES] = 8;
    const changed = prefixChainOf(long, 4).hashes;
    expect(changed[0]).toBe(chain.hashes[0]);
    expect(changed.filter((hash) => chain.hashes.includes(hash)).length).toBe(1);
    expect(new Set(chain.hashes).size).toBe(6);
  });

  it("are found as long as they are remembered, from the first block on", () => {
    const index = new PrefixIndex();
    index.add({ hashes: [1, 2, 3], blockTokens: 100 });
    expect(index.matchedTokens({ hashes: [1, 2, 9], blockTokens: 100 })).toBe(200);
    expect(index.matchedTokens({ hashes: [9, 2, 3], blockTokens: 100 })).toBe(0);
    index.add({ hashes: Array.from({ length: 40_000 }, (_, i) => 10 + i), blockTokens: 100 });
    expect(index.matchedTokens({ hashes: [1], blockTokens: 100 })).toBe(0);
    expect(index.matchedTokens({ hashes: [10, 11], blockTokens: 100 })).toBe(200);
    index.clear();
    expect(index.matchedTokens({ hashes: [10], blockTokens: 100 })).toBe(0);
  });
});
