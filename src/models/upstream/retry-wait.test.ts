import { expect, test } from "vitest";
import { type Failed, faultsOf } from "../dialects/fault.ts";
import { type RetrySituation, retryWait } from "./retry-wait.ts";

const fault = faultsOf("policy", undefined);
const busy: Failed = { kind: "failed", error: fault("model_rate_limited", "busy"), repeatable: true };
const asks = (retryAfter: number): Failed => ({ ...busy, error: fault("model_rate_limited", "busy", { retryAfter }) });
const situation: RetrySituation = { tries: 1, retries: 2, remainingMs: Infinity, maxWaitMs: 600_000, random: 0.5 };

test("waits grow, are spread, and have a top", () => {
  const waits = [1, 2, 3, 10].map((tries) => retryWait(busy, { ...situation, tries, retries: 20 }));
  expect(waits).toEqual([375, 750, 1_500, 6_000]);
  expect(retryWait(busy, { ...situation, random: 0 })).toBe(250);
});

test("tries are counted", () => {
  expect(retryWait(busy, { ...situation, tries: 2 })).not.toBeNull();
  expect(retryWait(busy, { ...situation, tries: 3 })).toBeNull();
  expect(retryWait(busy, { ...situation, retries: 0 })).toBeNull();
});

test("Retry-After is a lower bound", () => {
  expect(retryWait(asks(30), situation)).toBe(30_000);
  expect(retryWait(asks(0), situation)).toBe(375);
});

test("a wait beyond the deadline, or longer than a call may take, is not begun", () => {
  expect(retryWait(asks(30), { ...situation, remainingMs: 30_000 })).toBeNull();
  expect(retryWait(asks(601), situation)).toBeNull();
});

test("what may have cost a generation, and what fails again, is left", () => {
  expect(retryWait({ ...busy, repeatable: false }, situation)).toBeNull();
  expect(retryWait({ ...busy, error: fault("model_auth", "no") }, situation)).toBeNull();
});
