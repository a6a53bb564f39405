import type { Clock } from "../../src/core/clock.ts";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves on and fires what is due, in order. */
  advance(ms: number): void;
  /** Milliseconds until each pending timer fires. */
  pending(): number[];
}

export function manualClock(start = 1_700_000_000_000): ManualClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly fn: () => void }>();
  return {
    now: () => now,
    monotonic: () => now - start,
    after: (ms, fn) => {
      const timer = { at: now + ms, fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pending: () => [...timers].map((timer) => timer.at - now),
    advance: (ms) => {
      const until = now + ms;
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.fn();
      }
      now = until;
    },
  };
}

/** A clock for which waits of less than a minute pass at once and are noted; longer limits never fire. */
export function skippingClock(): Clock & { readonly waits: number[] } {
  let now = 1_700_000_000_000;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    monotonic: () => now,
    after: (ms, fn) => {
      if (ms >= 60_000) return () => undefined;
      waits.push(ms);
      const timer = setImmediate(() => {
        now += ms;
        fn();
      });
      return () => clearImmediate(timer);
    },
  };
}
