import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BranchLog } from "./branch-log.ts";
import { checkContiguity, contiguityOf } from "./contiguity.ts";
import type { LoggedCall } from "./logged-call.ts";
import { TokenSamples } from "./samples.ts";

interface Made extends LoggedCall {
  readonly prompt: readonly number[];
  readonly generation: readonly number[];
}

const call = (id: string, parent: string | null, prompt: number[], generation: number[]): Made => ({
  id,
  parent,
  broken: null,
  arrived: true,
  trainable: true,
  prompt,
  generation,
  logProbs: generation.map((token) => -token / 100),
  weightVersions: [{ version: "1", start: 0, end: generation.length }],
  finishReason: "stop",
  problem: null,
});

function logged(calls: readonly Made[]) {
  const log = new BranchLog();
  for (const one of calls) log.add(one);
  return { calls, log };
}

function samplesOf(calls: readonly Made[]) {
  const samples = new TokenSamples(logged(calls));
  return Array.from({ length: samples.count }, (_, index) => {
    const sample = samples.at(index);
    if (!sample) throw new Error(`no sample ${index}`);
    return sample;
  });
}

describe("the branches of a rollout", () => {
  it("continues the longest call that a prompt starts with", () => {
    const log = new BranchLog();
    expect(log.add({ id: "a", prompt: [1, 2], generation: [3] })).toBeNull();
    expect(log.add({ id: "b", prompt: [1, 2, 3, 4], generation: [5] })).toBe("a");
    expect(log.add({ id: "c", prompt: [1, 2, 3, 4, 5, 6], generation: [] })).toBe("b");
    expect(log.add({ id: "d", prompt: [1, 2, 3, 9], generation: [] })).toBe("a");
    expect(log.add({ id: "e", prompt: [1, 2, 9], generation: [] })).toBeNull();
    expect(log.add({ id: "f", prompt: [1, 2], generation: [] })).toBeNull();
    expect(log.firstDifference("b", "d")).toBe(3);
    expect(log.firstDifference("b", "c")).toBeNull();
    expect(log.firstDifference("b", "f")).toBe(2);
    expect(() => log.firstDifference("b", "z")).toThrow(RangeError);
  });

  it("continues the latest of calls with the same tokens", () => {
    const log = new BranchLog();
    log.add({ id: "a", prompt: [1], generation: [2] });
    log.add({ id: "b", prompt: [1], generation: [2] });
    expect(log.add({ id: "c", prompt: [1, 2, 3], generation: [] })).toBe("b");
  });

  it("keeps both ways that part from one call, each with its own tokens", () => {
    const log = new BranchLog();
    log.add({ id: "a", prompt: [1], generation: [2] });
    log.add({ id: "b", prompt: [1, 2, 3], generation: [4] });
    log.add({ id: "c", prompt: [1, 2, 7], generation: [8] });
    expect(Array.from(log.sequenceOf("b"))).toEqual([1, 2, 3, 4]);
    expect(Array.from(log.sequenceOf("c"))).toEqual([1, 2, 7, 8]);
    expect(Array.from(log.sequenceOf("c", 1))).toEqual([2, 7, 8]);
    expect(Array.from(log.sequenceOf("b", 2))).toEqual([3, 4]);
  });

  it("takes the memory of what is new, however often calls are told from their beginning, and wherever they part", () => {
    const log = new BranchLog();
    const beginning = Array.from({ length: 100_000 }, (_, at) => at);
    log.add({ id: "first", prompt: beginning, generation: [1] });
    const before = log.bytes;
    for (let turn = 0; turn < 100; turn++) {
      const prompt = [...beginning.slice(0, 99_000 - turn), turn];
      log.add({ id: `fork ${turn}`, prompt, generation: [2] });
      log.add({ id: `more ${turn}`, prompt: [...prompt, 2, 3], generation: [4] });
    }
    expect(before).toBeGreaterThan(400_000);
    expect(log.bytes - before).toBeLessThan(200_000);
  });

  it("finds every parent and difference again, whatever was said and wherever it branched", () => {
    const ids = fc.array(fc.nat(3), { maxLength: 4 });
    const turn = fc.record({ said: ids, sampled: ids, from: fc.nat(), cut: fc.nat(9) });
    const common = (a: readonly number[], b: readonly number[]) => {
      const at = a.findIndex((id, index) => id !== b[index]);
      return at < 0 ? a.length : at;
    };
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
        const log = new BranchLog();
        const made = new Map<string, { prompt: number[]; whole: number[] }>();
        for (const [index, { said, sampled, from, cut }] of turns.entries()) {
          const before = Array.from(made.values())[from % (made.size + 1)]?.whole ?? [];
          const prompt = [...(cut < 5 ? before.slice(0, cut) : before), ...said];
          const id = String(index);
          const parent = log.add({ id, prompt, generation: sampled });
          const earlier = [...made].filter(([, { whole }]) => common(whole, prompt) === whole.length);
          const longest = Math.max(-1, ...earlier.map(([, { whole }]) => whole.length));
          expect(parent).toBe(earlier.findLast(([, { whole }]) => whole.length === longest)?.[0] ?? null);
          made.set(id, { prompt, whole: [...prompt, ...sampled] });
          for (const [name, { prompt: its, whole }] of made) {
            expect(Array.from(log.sequenceOf(name))).toEqual(whole);
            expect(Array.from(log.sequenceOf(name, its.length))).toEqual(whole.slice(its.length));
            const at = common(whole, prompt);
            expect(log.firstDifference(name, id)).toBe(at === whole.length ? null : at);
            const isSame = its.length === prompt.length && common(its, prompt) === its.length;
            expect(log.promptKey(name) === log.promptKey(id)).toBe(isSame);
          }
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

  it("join past a call that cannot be part of them, whose break stays named", () => {
    const broken = { reason: "edited_history", after: "a", position: 1 } as const;
    const middle = (more: Partial<LoggedCall>) => {
      const calls = [
        call("a", null, [1], [2]),
        { ...call("b", null, [1, 9], [3]), broken, ...more },
        call("c", "b", [1, 9, 3, 4], [5]),
      ];
      const { branches } = contiguityOf(logged(calls));
      return { branches, samples: samplesOf(calls).map((one) => [one.calls, one.broken, one.lossMask]) };
    };
    const sampled = {
      branches: 2,
      samples: [
        [["a"], null, [1]],
        [["c"], broken, [1]],
      ],
    };
    expect(middle({ arrived: false })).toEqual(sampled);
    expect(middle({ problem: "no log-probs" })).toEqual(sampled);
    expect(middle({})).toMatchObject({
      samples: [
        [["a"], null, [1]],
        [["b", "c"], broken, [1, 0, 1]],
      ],
    });
  });

  it("join what goes on with the call before one that did not arrive", () => {
    const lost = { ...call("b", "a", [1, 2, 3], [4]), arrived: false };
    const calls = [call("a", null, [1], [2]), lost, call("c", "b", [1, 2, 3, 4, 5], [6])];
    expect(contiguityOf(logged(calls))).toMatchObject({ calls: 2, branches: 1, breaks: [], contiguous: true });
    expect(samplesOf(calls).map((one) => [one.calls, one.lossMask])).toEqual([
      [
        ["a", "c"],
        [1, 0, 0, 0, 1],
      ],
    ]);
  });

  it("are as many as the branches, whatever was lost, and train on each token that arrived once", () => {
    const ids = fc.array(fc.nat(2), { minLength: 1, maxLength: 3 });
    const turn = fc.record({ said: ids, sampled: ids, from: fc.nat(), arrived: fc.boolean() });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
        const log = new BranchLog();
        const calls: Made[] = [];
        for (const [index, { said, sampled, from, arrived }] of turns.entries()) {
          const before = calls[from % (calls.length + 1)];
          const prompt = [...(before ? [...before.prompt, ...before.generation] : []), ...said];
          const id = String(index);
          const parent = log.add({ id, prompt, generation: sampled });
          calls.push({ ...call(id, parent, prompt, sampled), arrived });
        }
        const samples = new TokenSamples({ calls, log });
        const all = Array.from({ length: samples.count }, (_, at) => samples.at(at));
        expect(samples.count).toBe(contiguityOf({ calls, log }).branches);
        const trained = all.flatMap((one) => one?.lossMask.filter((mask) => mask === 1) ?? []).length;
        const twins = new Set(all.flatMap((one) => (one?.superseded ? one.calls.slice(-1) : [])));
        const sampledInAll = calls.filter(({ id, arrived }) => arrived && !twins.has(id));
        expect(trained).toBe(sampledInAll.reduce((sum, { generation }) => sum + generation.length, 0));
      }),
    );
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
