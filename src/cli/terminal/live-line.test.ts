import { expect, test } from "vitest";
import type { Clock } from "../../core/clock.ts";
import { LiveLine } from "./live-line.ts";

function setUp(isTTY: boolean) {
  const written: string[] = [];
  let now = 0;
  let due: (() => void) | null = null;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after: (_, fn) => {
      due = fn;
      return () => (due = null);
    },
  };
  const line = new LiveLine({ write: (text) => written.push(String(text)), isTTY, columns: 12 }, clock);
  const pass = (ms: number) => {
    now += ms;
    due?.();
  };
  return { line, written, pass };
}

const WIPE = "\r\u001b[2K";

test("a terminal gets one line, drawn over itself and not too often", () => {
  const { line, written, pass } = setUp(true);
  line.update("one");
  line.update("two");
  line.update("three is too long");
  expect(written).toEqual([`${WIPE}one`]);
  pass(100);
  expect(written.splice(0)).toEqual([`${WIPE}one`, `${WIPE}three is t…`]);
  line.above(() => written.push("note\n"));
  expect(written.splice(0)).toEqual([WIPE, "note\n", `${WIPE}three is t…`]);
  line.update("gone");
  line.clear();
  pass(100);
  line.clear();
  expect(written).toEqual([WIPE]);
});

test("elsewhere steps are lines at once, progress every few seconds", () => {
  const { line, written, pass } = setUp(false);
  line.step("starting");
  line.update("1/9");
  pass(4_999);
  line.update("2/9");
  pass(1);
  line.update("3/9\u001b[2J");
  line.update("4/9");
  line.above(() => written.push("note\n"));
  line.clear();
  expect(written).toEqual(["starting\n", "3/9␛[2J\n", "note\n"]);
});
