import { expect, it } from "vitest";
import { playSeries } from "../../bench/chaos/series.ts";

/** One of each kind: what a hundred find stands in docs/measured/. */
const ROUNDS = 8;

it("loses nothing, doubles nothing and rewards nothing falsely while everything is killed once", async () => {
  const report = await playSeries({ rounds: ROUNDS, seed: 20_261_124, onRound: () => undefined });
  expect(report.findings.map(({ kind, where, detail }) => `${kind} ${where}: ${detail}`).join("\n")).toBe("");
  expect(report.expected.faults).toHaveLength(ROUNDS);
  expect(report).toMatchObject({ isSettled: true, containersLeft: 0 });
  const { scored = 0, cancelled = 0 } = report.outcomes;
  expect(scored).toBeGreaterThan(0.95 * (report.requested - cancelled));
}, 600_000);
