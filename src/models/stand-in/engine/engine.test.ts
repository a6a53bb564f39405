import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chainBlocks, DEFAULT_ENGINE_SHAPE, Engine, type EngineEvent, type EngineShape } from "./index.ts";

interface Told {
  readonly at: number;
  readonly event: EngineEvent;
}

/** Steps until nothing is left; `submit` may add requests before each step. */
function drive(engine: Engine, submit: (at: number) => boolean = () => false): Told[] {
  const told: Told[] = [];
  let at = 0;
  for (;;) {
    const more = submit(at);
    const step = engine.step();
    if (!step) {
      if (!more) return told;
      at += 1;
      continue;
    }
    at += step.ms;
    for (const event of step.events) told.push({ at, event });
  }
}

const kinds = (told: readonly Told[]) => told.map(({ event }) => `${event.type} ${event.id}`);

/** `count` tokens that nobody shares, unless `seed` is the same. */
const tokensOf = (count: number, seed: number) => Array.from({ length: count }, (_, i) => seed * 100_000 + i);

function request(id: string, prompt: readonly number[], outputTokens: number, shape: Partial<EngineShape> = {}) {
  const { blockTokens } = { ...DEFAULT_ENGINE_SHAPE, ...shape };
  const output = tokensOf(outputTokens, 7_000 + id.length);
  const blocks = chainBlocks([...prompt, ...output], blockTokens);
  return { id, promptTokens: prompt.length, outputTokens, blocks };
}

describe("time", () => {
  test("a lone request: one prefill step, then a step per token", () => {
    const engine = new Engine();
    engine.submit(request("a", tokensOf(1000, 1), 3));
    const told = drive(engine);
    expect(kinds(told)).toEqual(["started a", "tokens a", "tokens a", "tokens a", "finished a"]);
    const times = told.filter(({ event }) => event.type === "tokens").map(({ at }) => at);
    const [base, second] = [10.6 + 0.42, 10.6 + 0.42 + 1001 * 1.42e-4];
    expect(times[0]).toBeCloseTo(base + 57 + 4.4);
    expect(times[1]).toBeCloseTo(base + 57 + 4.4 + second);
  });

  test("a prompt longer than a step goes in chunks, at the same cost of prefill", () => {
    const prompt = tokensOf(10_000, 1);
    const cost = (stepTokens: number) => {
      const engine = new Engine({ stepTokens, stepMs: 0, sequenceMs: 0 });
      engine.submit(request("a", prompt, 1));
      drive(engine);
      return engine.counters;
    };
    expect(cost(10_000).steps).toBe(1);
    expect(cost(4000).steps).toBe(3);
    expect(cost(4000).busyMs).toBeCloseTo(cost(10_000).busyMs);
  });

  test("running requests share a step", () => {
    const engine = new Engine();
    for (const id of ["a", "b", "c"]) engine.submit(request(id, tokensOf(10, id.charCodeAt(0)), 20));
    drive(engine);
    expect(engine.counters.steps).toBe(20);
  });
});

describe("prefix cache", () => {
  test("a second turn finds the first one's prompt and answer", () => {
    const engine = new Engine();
    const first = request("a", tokensOf(100, 1), 60);
    engine.submit(first);
    drive(engine);
    const history = [...tokensOf(100, 1), ...tokensOf(60, 7001)];
    engine.submit(request("b", [...history, ...tokensOf(30, 3)], 1));
    const [started] = drive(engine);
    // The last generated token was never computed, so the last full block of 160 tokens is not there.
    expect(started?.event).toEqual({ type: "started", id: "b", cachedTokens: 144 });
    expect(engine.counters).toMatchObject({ prefixQueries: 290, prefixHits: 144, cachedPromptTokens: 144 });
  });

  test("a prompt that is wholly cached has its last block computed again", () => {
    const engine = new Engine();
    for (const id of ["a", "b"]) {
      engine.submit(request(id, tokensOf(64, 1), 1));
      drive(engine);
    }
    expect(engine.counters.prefixHits).toBe(48);
  });

  test("requests that come together share what the first of them computes", () => {
    const engine = new Engine();
    for (const id of ["a", "b", "c"]) engine.submit(request(id, tokensOf(320, 1), 1));
    drive(engine);
    expect(engine.counters).toMatchObject({ steps: 1, prefixHits: 2 * 304 });
  });

  test("a salt separates", () => {
    const tokens = tokensOf(64, 1);
    expect(chainBlocks(tokens, 16, "x")).not.toEqual(chainBlocks(tokens, 16));
    expect(chainBlocks(tokens, 16, "x")).toEqual(chainBlocks(tokens, 16, "x"));
    expect(chainBlocks(tokens.slice(0, 40), 16)).toEqual(chainBlocks(tokens, 16).slice(0, 2));
  });

  test("what was used longest ago is forgotten first", () => {
    const engine = new Engine({ kvTokens: 160 });
    const run = (id: string, seed: number) => {
      engine.submit(request(id, tokensOf(64, seed), 1));
      const [started] = drive(engine);
      return started?.event.type === "started" ? started.event.cachedTokens : null;
    };
    expect([run("a", 1), run("b", 2), run("a", 1), run("c", 3)]).toEqual([0, 0, 48, 0]);
    // Of the second prompt the end is gone and the beginning is still there.
    expect([run("a", 1), run("b", 2)]).toEqual([48, 16]);
  });

  test("a reset forgets all, but not under running requests unless they may be preempted", () => {
    const engine = new Engine();
    engine.submit(request("a", tokensOf(64, 1), 5));
    engine.step();
    expect(engine.resetPrefixCache()).toBe(false);
    expect(engine.resetPrefixCache({ preempt: true })).toBe(true);
    expect(engine.counters).toMatchObject({ running: 0, waiting: 1, kvUsage: 0, preemptions: 1 });
    expect(kinds(drive(engine)).at(-1)).toBe("finished a");
    expect(engine.resetPrefixCache()).toBe(true);
    engine.submit(request("b", tokensOf(64, 1), 1));
    drive(engine);
    expect(engine.counters.prefixHits).toBe(0);
  });
});

describe("space", () => {
  test("who came last is preempted, and starts anew when there is room", () => {
    const engine = new Engine({ kvTokens: 160 });
    engine.submit(request("a", tokensOf(60, 1), 60));
    engine.submit(request("bb", tokensOf(60, 2), 60));
    const told = kinds(drive(engine));
    expect(told).toContain("preempted bb");
    expect(told).not.toContain("preempted a");
    expect(told.filter((kind) => kind.startsWith("started"))).toEqual(["started a", "started bb"]);
    expect(told.filter((kind) => kind === "tokens bb")).toHaveLength(60);
    expect(told.indexOf("finished a")).toBeLessThan(told.indexOf("finished bb"));
  });

  test("no more than the limit run at once, first come first served", () => {
    const engine = new Engine({ maxSequences: 2 });
    for (const id of ["a", "b", "c"]) engine.submit(request(id, tokensOf(10, 1), 2));
    engine.step();
    expect(engine.counters).toMatchObject({ running: 2, waiting: 1 });
    expect(kinds(drive(engine)).at(-1)).toBe("finished c");
  });

  test("lower priority values go first where the engine schedules by them, and are preempted last", () => {
    const order = (scheduling: EngineShape["scheduling"]) => {
      const engine = new Engine({ maxSequences: 1, scheduling });
      for (const [id, priority] of [
        ["a", 5],
        ["b", 0],
        ["c", -1],
      ] as const)
        engine.submit({ ...request(id, tokensOf(10, 1), 1), priority });
      return kinds(drive(engine)).filter((kind) => kind.startsWith("finished"));
    };
    expect(order("fcfs")).toEqual(["finished a", "finished b", "finished c"]);
    expect(order("priority")).toEqual(["finished c", "finished b", "finished a"]);
    const engine = new Engine({ kvTokens: 160, scheduling: "priority" });
    engine.submit({ ...request("a", tokensOf(60, 1), 60), priority: 1 });
    engine.submit(request("bb", tokensOf(60, 2), 60));
    expect(kinds(drive(engine))).toContain("preempted a");
  });

  test("what could never run is refused", () => {
    const engine = new Engine({ kvTokens: 160 });
    expect(() => engine.submit(request("a", tokensOf(100, 1), 61))).toThrow(RangeError);
    expect(() => engine.submit({ id: "a", promptTokens: 0, outputTokens: 1, blocks: [] })).toThrow(RangeError);
    engine.submit(request("a", tokensOf(100, 1), 60));
    expect(() => engine.submit(request("a", tokensOf(1, 1), 1))).toThrow(RangeError);
  });
});

describe("pause", () => {
  const started = () => {
    const engine = new Engine({ maxSequences: 1 });
    engine.submit(request("a", tokensOf(20, 1), 5));
    engine.submit(request("b", tokensOf(20, 2), 5));
    engine.step();
    return engine;
  };
  const late = request("late", tokensOf(20, 3), 1);

  test("abort ends what is there", () => {
    const engine = started();
    expect(engine.pause("abort")).toEqual(["a", "b"]);
    engine.submit(late);
    expect(engine.step()).toBeNull();
    expect(engine.counters).toMatchObject({ running: 0, waiting: 1, kvUsage: 0, aborted: 2 });
    engine.resume();
    expect(kinds(drive(engine))).toEqual(["started late", "tokens late", "finished late"]);
  });

  test("wait lets it finish", () => {
    const engine = started();
    expect(engine.pause("wait")).toEqual([]);
    engine.submit(late);
    expect(kinds(drive(engine)).filter((kind) => kind.startsWith("finished"))).toEqual(["finished a", "finished b"]);
    engine.resume();
    expect(kinds(drive(engine)).at(-1)).toBe("finished late");
  });

  test("keep freezes it", () => {
    const engine = started();
    engine.pause("keep");
    engine.submit(late);
    expect(engine.step()).toBeNull();
    expect(engine.counters).toMatchObject({ running: 1, waiting: 2 });
    engine.resume();
    expect(kinds(drive(engine)).filter((kind) => kind.startsWith("finished"))).toEqual([
      "finished a",
      "finished b",
      "finished late",
    ]);
  });

  test("sleep aborts and forgets", () => {
    const engine = started();
    expect(engine.sleep(2)).toEqual(["a", "b"]);
    expect(engine.sleepLevel).toBe(2);
    engine.resume();
    engine.submit(request("c", tokensOf(20, 1), 1));
    drive(engine);
    expect(engine.sleepLevel).toBe(0);
    expect(engine.counters.prefixHits).toBe(0);
  });
});

describe("whatever comes", () => {
  const load = fc.array(
    fc.record({
      at: fc.nat(400),
      group: fc.nat(3),
      shared: fc.integer({ min: 1, max: 60 }),
      own: fc.nat(30),
      output: fc.integer({ min: 1, max: 40 }),
      priority: fc.integer({ min: -1, max: 1 }),
      aborted: fc.boolean(),
    }),
    { maxLength: 25 },
  );
  const shape = fc.record({
    maxSequences: fc.integer({ min: 1, max: 6 }),
    stepTokens: fc.integer({ min: 1, max: 64 }),
    kvTokens: fc.integer({ min: 136, max: 400 }),
    blockTokens: fc.constantFrom(4, 8),
    scheduling: fc.constantFrom("fcfs" as const, "priority" as const),
  });

  test("each request ends once with all its tokens, hits are less than prompts, and space is never overdrawn", () => {
    fc.assert(
      fc.property(load, shape, (load, shape) => {
        const engine = new Engine(shape);
        const left = load.map((one, i) => ({ ...one, id: `${i}` }));
        const told = drive(engine, (at) => {
          for (const one of left.filter((waiting) => waiting.at <= at)) {
            left.splice(left.indexOf(one), 1);
            const prompt = [...tokensOf(one.shared, one.group), ...tokensOf(one.own, 50 + Number(one.id))];
            engine.submit({ ...request(one.id, prompt, one.output, shape), priority: one.priority });
            if (one.aborted) expect(engine.abort(one.id)).toBe(true);
          }
          const { running, kvUsage } = engine.counters;
          if (running > shape.maxSequences || !(kvUsage >= 0 && kvUsage <= 1)) throw new Error("overdrawn");
          return left.length > 0;
        });
        for (const [i, one] of load.entries()) {
          const own = told.map(({ event }) => event).filter(({ id }) => id === `${i}`);
          const count = (type: EngineEvent["type"]) => own.filter((event) => event.type === type).length;
          const expected = one.aborted ? [0, 0, 0] : [1, one.output, 1];
          expect([count("started"), count("tokens"), count("finished")]).toEqual(expected);
          const [first] = own;
          if (first?.type === "started") expect(first.cachedTokens).toBeLessThan(one.shared + one.own);
        }
        const totals = engine.counters;
        expect(totals).toMatchObject({ running: 0, waiting: 0, kvUsage: 0 });
        expect(totals.finished).toBe(load.filter(({ aborted }) => !aborted).length);
        // Every block is free again, whatever was shared, preempted and aborted on the way.
        expect(engine.resetPrefixCache()).toBe(true);
        engine.submit({ id: "all", promptTokens: engine.capacity - 1, outputTokens: 1, blocks: [] });
        expect(kinds(drive(engine)).at(-1)).toBe("finished all");
      }),
    );
  });

  test("the same load takes the same time, whoever drives", () => {
    fc.assert(
      fc.property(load, shape, (load, shape) => {
        const submit = (engine: Engine) => {
          for (const [i, one] of load.entries())
            engine.submit(request(`${i}`, tokensOf(one.shared, one.group), one.output, shape));
        };
        const [whole, parted] = [new Engine(shape), new Engine(shape)];
        submit(whole);
        const told = drive(whole);
        submit(parted);
        const steps: Told[] = [];
        let at = 0;
        // A driver that looks, pauses and resumes between steps changes nothing.
        for (let step = parted.step(); step; step = parted.step()) {
          at += step.ms;
          for (const event of step.events) steps.push({ at, event });
          parted.pause("keep");
          if (parted.step()) throw new Error("a step while paused");
          parted.resume();
        }
        expect(steps).toEqual(told);
        expect(parted.counters.busyMs).toBeCloseTo(at);
      }),
    );
  });
});
