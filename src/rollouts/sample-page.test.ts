import { describe, expect, it } from "vitest";
import type { Sample } from "../contract/samples.ts";
import { fillSamplePage, parseSampleCursor } from "./sample-page.ts";
import type { RolloutSamples } from "./samples.ts";

const sample: Sample = {
  branch: 0,
  call_ids: [],
  break: null,
  prompt_ids: [],
  response_ids: [],
  loss_mask: [],
  logprobs: [],
  spans: [],
  finish_reason: null,
  mask: true,
  problem: null,
  id: "",
  rollout_id: "",
  job_id: "",
  group_id: "",
  task_id: "",
  rollout_index: 0,
  sequence: 0,
  truncated_by: null,
  outcome: "scored",
  reward: null,
};

/** A rollout of three branches of a hundred tokens each; a page has room for as many as it is told. */
const reading =
  (room: number) =>
  (row: { sequence: number }, { from, holds }: { from: number; holds: number }): Promise<RolloutSamples> => {
    const items: Sample[] = [];
    for (let branch = from; branch < 3 && holds + 100 * items.length < room; branch++)
      items.push({ ...sample, sequence: row.sequence, branch });
    const next = from + items.length;
    return Promise.resolve({ items, next: next < 3 ? next : null, tokens: 100 * items.length });
  };

describe("a page of samples", () => {
  it.each([100, 200, 300, 400, 500, 10_000])(
    "goes on where the one before ended, with room for %i tokens",
    async (room) => {
      const all = [{ sequence: 3 }, { sequence: 5 }, { sequence: 9 }];
      const got: [number, number][] = [];
      for (let cursor: string | null = null; ;) {
        const place = parseSampleCursor(cursor);
        const rows = all.filter(({ sequence }) => sequence > place.after);
        const page = await fillSamplePage(rows, place, reading(room));
        expect(page.items.length).toBeGreaterThan(0);
        got.push(...page.items.map(({ sequence, branch }): [number, number] => [sequence, branch]));
        cursor = page.next_cursor;
        if (cursor === null) break;
      }
      expect(got).toEqual(all.flatMap(({ sequence }) => [0, 1, 2].map((branch) => [sequence, branch])));
    },
  );

  it("takes no cursor that is none of its own", () => {
    expect(parseSampleCursor("12.3")).toEqual({ after: 12, branch: 3 });
    expect(parseSampleCursor("12")).toEqual({ after: 12, branch: 0 });
    for (const bad of ["", "1.", ".1", "1.2.3", "-1", "x"]) expect(() => parseSampleCursor(bad)).toThrow(/cursor/);
  });
});
