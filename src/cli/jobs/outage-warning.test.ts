import { expect, test } from "vitest";
import { manualClock } from "../../../test/server/support/manual-clock.ts";
import { warnOfOutages } from "./outage-warning.ts";

test("a job that stands still is asked after, and told of when its model is down", async () => {
  const clock = manualClock();
  const warnings: string[] = [];
  const state = { down: false, asked: 0 };
  const listModels = async () => {
    state.asked++;
    return { items: [{ name: "policy", upstream: "m", replay: false, down: state.down }] };
  };
  const watch = warnOfOutages({ clock, warn: (text) => void warnings.push(text) }, { listModels }, "policy");
  const pass = async (ms: number) => {
    clock.advance(ms);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  await pass(4_000);
  watch.heard();
  await pass(4_000);
  expect(state.asked).toBe(0);
  await pass(1_000);
  expect([state.asked, warnings]).toEqual([1, []]);
  state.down = true;
  await pass(5_000);
  expect(warnings).toEqual([expect.stringContaining("policy does not answer")]);
  watch.close();
  await pass(60_000);
  expect([state.asked, clock.pending()]).toEqual([2, 0]);
});
