import { expect, test } from "vitest";
import { bytes, decimal, duration, median, percent, plural, rewardText, timestamp } from "./format.ts";

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1000, "1.0 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min 0 s"],
  [65_000, "1 min 5 s"],
  [3_600_000, "1 h 0 min"],
  [7_380_000, "2 h 3 min"],
])("%i ms", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [1, "1"],
  [0, "0"],
  [-0, "0"],
  [0.5, "0.5"],
  [1 / 3, "0.333"],
  [100, "100"],
  [-0.25, "-0.25"],
  [0.0001, "0.00010"],
])("the reward %d", (value, text) => {
  expect(decimal(value)).toBe(text);
});

test("the rest", () => {
  expect([rewardText(null), rewardText(1)]).toEqual(["–", "1"]);
  expect([percent(3, 4), percent(0, 0)]).toEqual(["75 %", "–"]);
  expect([plural(1, "task"), plural(1200, "task")]).toEqual(["1 task", "1,200 tasks"]);
  expect([bytes(512), bytes(1536), bytes(200 * 1024 ** 2), bytes(3 * 1024 ** 4)]).toEqual([
    "512 B",
    "1.5 KiB",
    "200 MiB",
    "3.0 TiB",
  ]);
  expect([timestamp("2025-01-02T03:04:05.678Z"), timestamp(null)]).toEqual(["2025-01-02 03:04:05Z", "–"]);
  expect([median([]), median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([null, 2, 2.5]);
});
