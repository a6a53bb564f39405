import { describe, expect, it } from "vitest";
import { manualClock } from "../../../../test/models/clocks.ts";
import { CapacityAdvice, type CapacityObservation } from "./capacity-advice.ts";

const CALM: CapacityObservation = {
  sessions: 100,
  finished: 0,
  residentTokens: 1_000_000,
  kvTokens: 3_200_000,
  inFlight: 80,
  waiting: 0,
  preemptions: 0,
};

function adviser() {
  const clock = manualClock();
  const advice = new CapacityAdvice(clock);
  return (change: Partial<CapacityObservation> = {}, seconds = 5) => {
    clock.advance(seconds * 1000);
    advice.observe(() => ({ ...CALM, ...change }), 32_000);
    return advice.sessions;
  };
}

describe("CapacityAdvice", () => {
  it("begins with what fits at full context, and says nothing before it has seen a cache", () => {
    const poll = adviser();
    expect(poll({ kvTokens: 0 })).toBeNull();
    expect(poll()).toBe(100);
  });

  it("grows by a quarter once per turnover, while there is room and the advice is used", () => {
    const poll = adviser();
    poll();
    expect(poll({ finished: 99 })).toBe(100);
    expect(poll({ finished: 100, sessions: 80 })).toBe(100);
    expect(poll({ finished: 100, residentTokens: 2_000_000 })).toBe(100);
    expect(poll({ finished: 100, waiting: 1 })).toBe(100);
    expect(poll({ finished: 100 })).toBe(125);
    expect(poll({ finished: 200, sessions: 125 })).toBe(125);
    expect(poll({ finished: 225, sessions: 125 })).toBe(156);
  });

  it("is trimmed to 0.7 of the caches when sessions hold more than 0.8", () => {
    const poll = adviser();
    poll();
    expect(poll({ residentTokens: 3_200_000 })).toBe(70);
  });

  it("is cut when engines preempt, more when they go on", () => {
    const poll = adviser();
    poll();
    expect(poll({ preemptions: 3 })).toBe(80);
    expect(poll({ preemptions: 9, sessions: 80 })).toBe(40);
    expect(poll({ preemptions: 9, sessions: 40 })).toBe(40);
    expect(poll({ preemptions: 10, sessions: 40 })).toBe(32);
  });

  it("is cut when calls have queued for six polls in a row", () => {
    const poll = adviser();
    poll();
    const polls = Array.from({ length: 12 }, (_, i) => poll({ waiting: i === 5 ? 40 : 41 }));
    expect(polls.slice(0, 11)).toEqual(Array.from({ length: 11 }, () => 100));
    expect(polls[11]).toBe(90);
  });

  it("looks no more often than each 5 seconds, and never advises less than one", () => {
    const poll = adviser();
    poll();
    expect(poll({ residentTokens: 6_400_000 }, 1)).toBe(100);
    for (let i = 0; i < 20; i++) poll({ residentTokens: 1e9, sessions: 1 });
    expect(poll({ residentTokens: 1e9, sessions: 1 })).toBe(1);
  });
});
