import type { Clock } from "../../../src/core/clock.ts";

/** A clock that moves when the test says so. */
export interface ManualClock extends Clock {
  /** Moves time on and runs what is due, in order. */
  advance(ms: number): void;
  /** Timers that wait. */
  pending(): number;
}

export function manualClock(): ManualClock {
  let time = 1_700_000_000_000;
  const timers = new Map<symbol, { at: number; fn: () => void }>();
  return {
    now: () => time,
    monotonic: () => time,
    after(ms, fn) {
      const id = Symbol("timer");
      timers.set(id, { at: time + ms, fn });
      return () => void timers.delete(id);
    },
    advance(ms) {
      const end = time + ms;
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at);
        const [first] = due;
        if (!first) break;
        timers.delete(first[0]);
        time = first[1].at;
        first[1].fn();
      }
      time = end;
    },
    pending: () => timers.size,
  };
}
