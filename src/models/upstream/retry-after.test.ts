import { expect, test } from "vitest";
import { retryAfterSeconds } from "./retry-after.ts";

const NOW = Date.parse("Sun, 22 Nov 2026 14:00:00 GMT");

test.each([
  ["7", 7],
  [" 1.5 ", 1.5],
  ["0", 0],
  ["Sun, 22 Nov 2026 14:00:30 GMT", 30],
  ["Sun, 22 Nov 2026 13:00:00 GMT", 0],
  ["soon", null],
  ["-5", null],
  ["", null],
  [undefined, null],
])("%j", (header, seconds) => {
  expect(retryAfterSeconds(header, NOW)).toBe(seconds);
});
