import { describe, expect, it } from "vitest";
import { systemClock } from "../../../core/clock.ts";
import { ReplicaHealth } from "./replica-health.ts";

/** A replica that has been ready for so long that its heartbeat counts. */
function watched() {
  let now = 0;
  const health = new ReplicaHealth({ ...systemClock, monotonic: () => now });
  const probe = (...results: boolean[]) => {
    for (const result of results) health.probed(result ? "good" : "bad");
  };
  /** Scrapes each 2 s, the last one after `seconds`. */
  const scrape = (seconds: number, iterations: number | (() => number), inFlight: number) => {
    for (let passed = 2; passed <= seconds; passed += 2) {
      now += 2_000;
      health.scraped({ iterations: typeof iterations === "number" ? iterations : iterations() }, inFlight);
    }
  };
  probe(true, true);
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  return { health, probe, scrape, pass, afterGrace: () => pass(600) };
}

describe("ReplicaHealth", () => {
  it("is ready after two good probes and dead after three bad ones in a row", () => {
    const health = new ReplicaHealth(systemClock);
    const states = [true, false, true, true, false, false, true, false, false, false, true, true].map((isGood) => {
      health.probed(isGood ? "good" : "bad");
      return health.state;
    });
    expect(states.join(" ")).toBe("starting starting starting ready ready ready ready ready ready dead dead ready");
  });

  it("stays starting however long it does not answer", () => {
    const health = new ReplicaHealth(systemClock);
    for (let i = 0; i < 10; i++) health.probed("bad");
    expect(health.state).toBe("starting");
  });

  it("suspects an engine that makes no step for 30 s with calls in flight, and gives it up after 120 s", () => {
    const { health, scrape, afterGrace } = watched();
    afterGrace();
    scrape(30, 7, 1);
    expect(health.state).toBe("ready");
    scrape(2, 7, 1);
    expect(health.state).toBe("suspect");
    scrape(2, 8, 1);
    expect(health.state).toBe("ready");
    scrape(30, 8, 1);
    expect(health.state).toBe("suspect");
    scrape(90, 8, 1);
    expect(health.state).toBe("dead");
  });

  it("finds nothing in an idle engine, in one that makes steps, and in the time when nobody could look", () => {
    const { health, scrape, pass, afterGrace } = watched();
    afterGrace();
    scrape(200, 7, 0);
    let steps = 7;
    scrape(200, () => ++steps, 3);
    expect(health.state).toBe("ready");
    pass(100);
    expect(health.state).toBe("ready");
    scrape(28, steps + 1, 1);
    expect(health.state).toBe("ready");
  });

  it("begins to count when the first call comes, not when the engine fell idle", () => {
    const { health, scrape, afterGrace } = watched();
    afterGrace();
    scrape(200, 7, 0);
    scrape(20, 7, 1);
    expect(health.state).toBe("ready");
  });

  it("does not count in the first ten minutes, in a pause, or asleep", () => {
    const { health, scrape, afterGrace } = watched();
    scrape(300, 7, 1);
    expect(health.state).toBe("ready");
    afterGrace();
    health.pause();
    scrape(300, 7, 1);
    expect(health.state).toBe("paused");
    health.resume();
    expect(health.state).toBe("ready");
    for (let i = 0; i < 100; i++) health.scraped({ iterations: 7, isResting: true }, 1);
    expect(health.state).toBe("ready");
  });

  it("tries an engine that hung with one call, a minute after its calls were taken away", () => {
    const { health, scrape, pass, afterGrace } = watched();
    afterGrace();
    scrape(130, 7, 1);
    expect(health.state).toBe("dead");
    scrape(2, 7, 0);
    expect([health.state, health.isOnTrial, health.isSuspectByCalls]).toEqual(["suspect", false, false]);
    pass(60);
    expect(health.isOnTrial).toBe(true);
    health.breaker.begin();
    expect(health.isOnTrial).toBe(false);
  });

  it("tells that an engine was started anew by its counter", () => {
    const { health } = watched();
    expect([3, 9, 2, 5].map((iterations) => health.scraped({ iterations }, 0))).toEqual([false, false, true, false]);
  });

  it("does not count bad probes of a pause", () => {
    const { health, probe } = watched();
    health.pause();
    probe(false, false, false, false);
    health.resume();
    probe(false);
    expect(health.state).toBe("ready");
  });
});
