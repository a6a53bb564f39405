import { describe, expect, it } from "vitest";
import { Breaker } from "./breaker.ts";

function failTimes(breaker: Breaker, times: number, fault: "connect_failed" | "server_error", now = 0) {
  for (let i = 0; i < times; i++) breaker.failed(now, fault, false);
}

describe("Breaker", () => {
  it("opens at the second failed connect in a row", () => {
    const breaker = new Breaker();
    failTimes(breaker, 1, "connect_failed");
    breaker.succeeded(0, false);
    failTimes(breaker, 1, "connect_failed");
    expect(breaker.isClosed).toBe(true);
    failTimes(breaker, 1, "connect_failed");
    expect(breaker.isClosed).toBe(false);
  });

  it("opens at five server errors in 30 s that are half of the answers, not before", () => {
    const few = new Breaker();
    failTimes(few, 4, "server_error");
    failTimes(few, 1, "server_error", 31_000);
    expect(few.isClosed).toBe(true);

    const rare = new Breaker();
    for (let i = 0; i < 6; i++) rare.succeeded(0, false);
    failTimes(rare, 5, "server_error");
    expect(rare.isClosed).toBe(true);
    failTimes(rare, 1, "server_error");
    expect(rare.isClosed).toBe(false);
  });

  it("never opens by what says nothing of the replica", () => {
    const breaker = new Breaker();
    for (let i = 0; i < 100; i++) breaker.failed(0, "neutral", false);
    expect(breaker.isClosed).toBe(true);
  });

  it("lets one trial through after 5 s, then after 10, 20, 40, 60 and 60 s; a success closes it", () => {
    const breaker = new Breaker();
    failTimes(breaker, 2, "connect_failed");
    let now = 0;
    for (const wait of [5, 10, 20, 40, 60, 60]) {
      expect(breaker.admits(now + wait * 1000 - 1)).toBe(false);
      now += wait * 1000;
      expect(breaker.admits(now)).toBe(true);
      expect(breaker.begin()).toBe(true);
      expect(breaker.admits(now)).toBe(false);
      breaker.failed(now, "server_error", true);
    }
    now += 60_000;
    breaker.begin();
    breaker.succeeded(now, true);
    expect(breaker.isClosed).toBe(true);
    expect(breaker.begin()).toBe(false);
  });

  it("tries again at once when the trial says nothing", () => {
    const breaker = new Breaker();
    failTimes(breaker, 2, "connect_failed");
    breaker.begin();
    breaker.failed(6_000, "neutral", true);
    expect(breaker.admits(6_000)).toBe(true);
  });
});
