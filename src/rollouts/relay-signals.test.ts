import { expect, test } from "vitest";
import type { Notice, NoticeBoard } from "../store/port.ts";
import { relaySignals } from "./relay-signals.ts";
import { Signals } from "./signals.ts";

/** Two processes on one board, and a clock that moves when told. */
function processes() {
  let due: (() => void)[] = [];
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (_ms: number, fn: () => void) => {
      due.push(fn);
      return () => (due = due.filter((waiting) => waiting !== fn));
    },
  };
  const published: (readonly Notice[])[] = [];
  const listeners = new Map<number, (notice: Notice) => void>();
  const boardOf = (self: number): NoticeBoard => ({
    publish: (notices) => {
      published.push(notices);
      for (const [id, listener] of listeners) if (id !== self) for (const notice of notices) listener(notice);
    },
    subscribe: (listener) => {
      listeners.set(self, listener);
      return () => listeners.delete(self);
    },
  });
  const [a, b] = [new Signals(), new Signals()];
  const ends = [a, b].map((signals, i) => relaySignals({ signals, board: boardOf(i), clock }));
  const elapse = () => {
    for (const fn of due.splice(0)) fn();
  };
  return { a, b, ends, published, elapse };
}

test("what one process tells is heard in the other, once, and does not come back", () => {
  const { a, b, published, elapse } = processes();
  const heard: string[] = [];
  a.onWork(() => heard.push("a: work"));
  b.onWork(() => heard.push("b: work"));
  b.onCancel((jobId) => heard.push(`b: cancel ${jobId}`));
  a.work();
  a.cancel("job_1");
  expect(heard).toEqual(["a: work"]);
  elapse();
  elapse();
  expect(heard).toEqual(["a: work", "b: work", "b: cancel job_1"]);
  expect(published).toHaveLength(1);
});

test("the same news within a moment are told once, and different ones up to a bound", () => {
  const { a, published, elapse } = processes();
  for (let i = 0; i < 500; i++) a.progress("job_1");
  elapse();
  expect(published).toEqual([[{ kind: "progress", jobId: "job_1" }]]);
  for (let i = 0; i < 5_000; i++) a.progress(`job_${i}`);
  elapse();
  expect(published[1]).toHaveLength(1_000);
});

test("the last news go out at the end, and none after it", () => {
  const { a, b, ends, published, elapse } = processes();
  let heard = 0;
  b.onWork(() => heard++);
  a.work();
  ends[0]?.();
  expect(heard).toBe(1);
  a.work();
  elapse();
  expect(published).toHaveLength(1);
});
