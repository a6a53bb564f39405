import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BranchLog } from "./branch-log.ts";
import { checkContiguity } from "./contiguity.ts";
import { type SampledCall, samplesOf } from "./samples.ts";

const call = (id: string, parent: string | null, prompt: number[], generation: number[]): SampledCall => ({
  id,
  parent,
  broken: null,
  trainable: true,
  prompt,
  generation,
  logProbs: generation.map((token) => -token / 100),
  weightVersions: [{ version: "1", start: 0, end: generation.length }],
  finishReason: "stop",
});

describe("the branches of a rollout", () => {
  it("continues the longest call that a prompt starts with", () => {
    const log = new BranchLog();
    log.add({ id: "a", prompt: [1, 2], generation: [3] }, log.parentOf([1, 2]));
    log.add({ id: "b", prompt: [1, 2, 3, 4], generation: [5] }, log.parentOf([1, 2, 3, 4]));
    expect(log.parentOf([1, 2, 3, 4, 5, 6])).toBe("b");
    expect(log.parentOf([1, 2, 3, 9])).toBe("a");
    expect(log.parentOf([1, 2, 9])).toBeNull();
    expect(log.firstDifference("b", [1, 2, 3, 9])).toBe(3);
    expect(log.firstDifference("b", [1, 2, 3, 4, 5])).toBeNull();
    expect(log.firstDifference("b", [1, 2])).toBe(2);
  });

  it("keeps both ways that part from one call, each with its own tokens", () => {
    const log = new BranchLog();
    log.add({ id: "a", prompt: [1], generation: [2] }, null);
    log.add({ id: "b", prompt: [1, 2, 3], generation: [4] }, "a");
    log.add({ id: "c", prompt: [1, 2, 7], generation: [8] }, "a");
    expect(Array.from(log.sequenceOf("b"))).toEqual([1, 2, 3, 4]);
    expect(Array.from(log.sequenceOf("c"))).toEqual([1, 2, 7, 8]);
    expect(Array.from(log.sequenceOf("b", 2))).toEqual([3, 4]);
    expect(log.parentOf([1, 2, 7, 8, 9])).toBe("c");
  });

  it("finds every parent again, whatever was said and wherever it branched", () => {
    const ids = fc.array(fc.nat(3), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.record({ said: ids, sampled: ids, from: fc.nat() }), { maxLength: 12 }), (turns) => {
        const log = new BranchLog();
        const sequences = new Map<string, number[]>();
        for (const [index, { said, sampled, from }] of turns.entries()) {
          const before = Array.from(sequences.values())[from % (sequences.size + 1)] ?? [];
          const prompt = [...before, ...said];
          const parent = log.parentOf(prompt);
          const starts = (sequence: number[]) => sequence.every((id, at) => id === prompt[at]);
          const longest = Math.max(
            0,
            ...Array.from(sequences.values())
              .filter(starts)
              .map(({ length }) => length),
          );
          expect(parent === null ? 0 : sequences.get(parent)?.length).toBe(longest);
          const id = String(index);
          log.add({ id, prompt, generation: sampled }, parent);
          sequences.set(id, [...prompt, ...sampled]);
          for (const [name, sequence] of sequences) expect(Array.from(log.sequenceOf(name))).toEqual(sequence);
        }
      }),
    );
  });
});

describe("samples", () => {
  it("joins turns into one sequence whose mask says what was sampled", () => {
    const [sample, ...more] = samplesOf([call("a", null, [1, 2], [3, 4]), call("b", "a", [1, 2, 3, 4, 5], [6])]);
    expect(more).toEqual([]);
    expect(sample).toEqual({
      calls: ["a", "b"],
      broken: null,
      promptIds: [1, 2],
      responseIds: [3, 4, 5, 6],
      lossMask: [1, 1, 0, 1],
      logProbs: [-0.03, -0.04, 0, -0.06],
      spans: [
        { call: "a", version: "1", start: 0, end: 2 },
        { call: "b", version: "1", start: 3, end: 4 },
      ],
      finishReason: "stop",
      superseded: false,
    });
  });

  it("trains on each generated token in exactly one of the branches that share it", () => {
    const calls = [call("a", null, [1], [2]), call("b", "a", [1, 2, 3], [4]), call("c", "a", [1, 2, 7], [8])];
    expect(samplesOf(calls).map(({ lossMask }) => lossMask)).toEqual([
      [1, 0, 1],
      [0, 0, 1],
    ]);
  });

  it("trains on no call that another one, continued, stands in for", () => {
    const calls = [call("a", null, [1], [2]), call("b", null, [1], [3]), call("c", "b", [1, 3, 4], [5])];
    expect(samplesOf(calls).map(({ calls: path, superseded, lossMask }) => [path, superseded, lossMask])).toEqual([
      [["a"], true, [0]],
      [["b", "c"], false, [1, 0, 1]],
    ]);
  });

  it("begins anew after a broken prefix, and says why", () => {
    const broken = { reason: "compaction", after: "a", position: 1 } as const;
    const samples = samplesOf([call("a", null, [1], [2]), { ...call("b", null, [1, 9], [3]), broken }]);
    expect(samples.map((sample) => [sample.promptIds, sample.broken])).toEqual([
      [[1], null],
      [[1, 9], broken],
    ]);
  });

  it("carries the last break of a branch, also where it continues an earlier turn", () => {
    const broken = { reason: "non_canonical_tokens", after: "b", position: 3 } as const;
    const late = { ...call("c", "a", [1, 2, 7], [8]), broken };
    const samples = samplesOf([call("a", null, [1], [2]), call("b", "a", [1, 2, 3], [4]), late]);
    expect(samples.map((sample) => [sample.calls, sample.broken])).toEqual([
      [["a", "b"], null],
      [["a", "c"], broken],
    ]);
  });

  it("does not train on calls that are not the policy's", () => {
    const judge = { ...call("b", "a", [1, 2, 3], [4]), trainable: false };
    expect(samplesOf([call("a", null, [1], [2]), judge])[0]?.lossMask).toEqual([1, 0, 0]);
  });
});

describe("the check of contiguity", () => {
  const checked = (id: string, prompt: number[] | null, generation: number[] | null, logProbs?: number[] | null) => ({
    id,
    prompt,
    generation,
    logProbs: logProbs === undefined ? (generation?.map(() => -1) ?? null) : logProbs,
  });

  it("passes turns that go on token by token", () => {
    expect(checkContiguity([checked("a", [1], [2]), checked("b", [1, 2, 3], [4])])).toEqual({
      calls: 2,
      branches: 1,
      breaks: [],
      problems: [],
      contiguous: true,
    });
  });

  it("names the turn and the token of a break", () => {
    const report = checkContiguity([checked("a", [1], [2, 3]), checked("b", [1, 2, 9], [4])]);
    expect(report).toMatchObject({ branches: 2, breaks: [{ call: "b", turn: 2, position: 2 }], contiguous: false });
  });

  it("finds a break in any turn, also where an earlier one is continued", () => {
    const turns = [checked("a", [1], [2]), checked("b", [1, 2, 3], [4]), checked("c", [1, 2, 3, 9], [5])];
    const report = checkContiguity(turns);
    expect(report).toMatchObject({ branches: 2, breaks: [{ call: "c", turn: 3, position: 3 }], contiguous: false });
  });

  it.each([
    [checked("a", null, [1]), "no ids of its prompt"],
    [checked("a", [1], null), "no ids of its generation"],
    [checked("a", [1], [2], null), "no log-probs"],
    [checked("a", [1], [2, 3], [-1]), "2 tokens, 1 log-probs"],
    [checked("a", [1], [2], [Number.NaN]), "log-probs that are no numbers"],
    [checked("a", [1], [-2]), "ids that are no token ids"],
  ])("names what is wrong with a call: %j", (bad, problem) => {
    expect(checkContiguity([bad])).toMatchObject({ problems: [{ call: "a", turn: 1, problem }], contiguous: false });
  });
});
