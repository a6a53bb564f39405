import { afterEach, describe, expect, it } from "vitest";
import {
  faultOf,
  type Inside,
  memoryPools,
  memorySandboxes,
  type Play,
  printed,
} from "../../../test/execution/support/memory-sandboxes.ts";
import type { Clock } from "../../core/clock.ts";
import { systemClock } from "../../core/clock.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { RunLimits, SandboxMode, SandboxPools, SandboxSpec } from "../../sandbox/index.ts";
import type { Candidate } from "./attempt.ts";
import { CandidateRunner } from "./candidate-runner.ts";
import { SubmissionRecord } from "./record.ts";

const ctx = rootContext();
const spec = { tenant: "default", resource: "test", image: "x", slots: 2, mode: "auto" } as SandboxSpec;
const limits = { wallMs: 1_000, cpuMs: 1_000, memoryBytes: 1 << 20 } as RunLimits;
const LONGEST_DELAY_MS = 6_400;
/** Delays before tries pass at once, deadlines do not. */
const hurried: Clock = { ...systemClock, after: (ms, fn) => systemClock.after(ms <= LONGEST_DELAY_MS ? 0 : ms, fn) };

const open: SandboxPools[] = [];
afterEach(() => Promise.all(open.splice(0).map((pools) => pools.close())));

/** A runner for a candidate that behaves like `play`; the control program behaves like `control`. */
function runnerOf(
  play: Play,
  control: Play = () => printed("499500\n"),
  mode: SandboxMode = "B",
  clock: Clock = hurried,
) {
  const seen = { candidate: [] as Inside[], control: [] as Inside[] };
  const memory = memorySandboxes(
    (inside) => {
      const isControl = inside.text.includes("range(1000)");
      seen[isControl ? "control" : "candidate"].push(inside);
      return isControl ? control(inside) : play(inside);
    },
    { mode },
  );
  const pools = memoryPools(memory, { max: 8 });
  open.push(pools);
  const runner = new CandidateRunner({ pool: pools.pool(spec), clock });
  return { runner, memory, seen };
}

const candidate: Candidate = {
  limits,
  prepare: (_ctx, _sandbox, place) => ({
    program: { interpreter: "python", source: "candidate" },
    limits: place.limits,
    env: { TRIES: String(place.tries), ALONE: String(place.alone) },
  }),
};

describe("attribution", () => {
  it("answers a result that nobody doubts, whatever it is", async () => {
    const { runner, seen } = runnerOf(() => printed("", { exit: { code: 3 } }));
    const run = await runner.run(ctx, candidate);
    expect(run).toMatchObject({ result: { exit: { code: 3 } }, blamed: null, evidence: [] });
    expect(seen.candidate[0]?.request.env).toEqual({ TRIES: "0", ALONE: "false" });
  });

  it("blames who brings its sandbox down again and again, alone, where the control program passes", async () => {
    const { runner, seen, memory } = runnerOf(({ bringDown }) => bringDown("oom"));
    const record = new SubmissionRecord();
    const run = await runner.run(ctx, candidate, { record });
    expect(run).toMatchObject({ result: null, blamed: "oom" });
    expect(run.evidence).toHaveLength(4);
    expect([seen.candidate.length, seen.control.length]).toEqual([4, 3]);
    expect(new Set([...seen.candidate, ...seen.control].map(({ sandbox }) => sandbox.id)).size).toBe(7);
    expect(memory.counts.created).toBeGreaterThanOrEqual(7);
    expect(record.dangerous).toBe(true);
    // Four times the time on the clock, the same processor time.
    expect(seen.candidate.map(({ request }) => request.limits.wallMs)).toEqual([1_000, 4_000, 4_000, 4_000]);
    expect(seen.candidate.map(({ request }) => request.limits.cpuMs)).toEqual([1_000, 1_000, 1_000, 1_000]);
  });

  it.each(["lease_expired", "agent_exit", "lane_lost", "stalled", "protocol"] as const)(
    "holds %s to be the candidate's only alone",
    async (cause) => {
      let faults = 1;
      const { runner, seen } = runnerOf(({ bringDown }) => (faults-- > 0 ? bringDown(cause) : printed("right")));
      expect(await runner.run(ctx, candidate)).toMatchObject({ result: { exit: { code: 0 } }, blamed: null });
      expect(seen.candidate[1]?.request.env).toEqual({ TRIES: "1", ALONE: "true" });
    },
  );

  it("gives an honest neighbour its right result, in a sandbox of its own", async () => {
    const { runner } = runnerOf(async (inside) => {
      if (inside.request.stdin) return inside.bringDown("oom");
      await new Promise((resolve) => setTimeout(resolve, 20));
      return printed("right");
    });
    const hostile: Candidate = {
      limits,
      prepare: async (...args) => ({ ...(await candidate.prepare(...args)), stdin: Buffer.from("hostile") }),
    };
    const [honest, blamed] = await Promise.all([runner.run(ctx, candidate), runner.run(ctx, hostile)]);
    expect(honest).toMatchObject({ result: { exit: { code: 0 } }, blamed: null });
    expect(honest.evidence).toHaveLength(1);
    expect(blamed).toMatchObject({ result: null, blamed: "oom" });
  });

  it("lets nobody hold out until the deadline: with no time for more, one recurrence is enough", async () => {
    const { runner, seen } = runnerOf(({ bringDown }) => bringDown("stalled"));
    const soon = { ...ctx, deadline: systemClock.now() + 20_500 };
    expect(await runner.run(soon, candidate)).toMatchObject({ blamed: "stalled", evidence: { length: 2 } });
    const patience = runnerOf(({ request }) =>
      request.env?.["ALONE"] === "true" ? printed("right") : printed("", { oomNearby: true }),
    );
    await patience.runner.run({ ...ctx, deadline: systemClock.now() + 13_000 }, candidate);
    const wallMs = patience.seen.candidate[1]?.request.limits.wallMs ?? 0;
    expect(wallMs).toBeGreaterThan(2_000);
    expect(wallMs).toBeLessThanOrEqual(2_500);
    expect(seen.candidate).toHaveLength(2);
  });

  it("counts a stall beyond the program's own time at once when the deadline leaves none for another try", async () => {
    const late = { ...candidate, limits: { ...limits, wallMs: 40 } };
    const stall: Play = async ({ bringDown }) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return bringDown("stalled");
    };
    const soon = { ...ctx, deadline: systemClock.now() + 9_000 };
    const { runner, seen } = runnerOf(stall);
    expect(await runner.run(soon, late)).toMatchObject({ blamed: "stalled", evidence: { length: 1 } });
    expect([seen.candidate.length, seen.control.length]).toEqual([1, 1]);
    const sick = runnerOf(stall, ({ bringDown }) => bringDown("stalled"));
    await expect(sick.runner.run(soon, late)).rejects.toMatchObject({ code: "sandbox_stalled" });
  });

  it.each(["stalled", "oom"] as const)(
    "blames nobody at once for %s that came over its whole sandbox",
    async (cause) => {
      let faults = 1;
      const hit = runnerOf(({ bringDown }) => (faults-- > 0 ? bringDown(cause) : printed("right")));
      const soon = { ...ctx, deadline: systemClock.now() + 9_000 };
      expect(await hit.runner.run(soon, candidate)).toMatchObject({ result: { exit: { code: 0 } }, blamed: null });
    },
  );

  it("repeats with the time that there is, and takes a result that leaves none for what it is", async () => {
    const { runner, seen } = runnerOf(() => printed("", { limit: "wall", starvedMs: 900 }));
    const short = { ...candidate, limits: { ...limits, wallMs: 8_000 } };
    const play = (leftMs: number) => runner.run({ ...ctx, deadline: systemClock.now() + leftMs }, short);
    const shorter = runnerOf(({ request }) =>
      request.env?.["ALONE"] === "true" ? printed("right") : printed("", { limit: "wall", starvedMs: 7_900 }),
    );
    await shorter.runner.run({ ...ctx, deadline: systemClock.now() + 7_500 }, short);
    const wallMs = shorter.seen.candidate[1]?.request.limits.wallMs ?? 0;
    expect([wallMs > 4_000, wallMs <= 5_000]).toEqual([true, true]);
    expect(await play(2_400)).toMatchObject({ result: { limit: "wall" }, blamed: null, evidence: [] });
    expect(seen.candidate).toHaveLength(1);
  });

  it("lets a doubtful result stand when the run alone does not come to an end before the deadline", async () => {
    const stuck: Play = async ({ request }) => {
      if (request.env?.["ALONE"] === "true") await new Promise((resolve) => setTimeout(resolve, 4_000).unref());
      return printed("", { limit: "wall", starvedMs: 900 });
    };
    const { runner } = runnerOf(stuck, undefined, "B", systemClock);
    const soon = { ...ctx, deadline: systemClock.now() + 3_000 };
    const run = await runner.run(soon, candidate);
    expect(run).toMatchObject({ result: { limit: "wall" }, blamed: null });
    expect(run.evidence).toEqual([expect.stringContaining("repeated alone"), expect.stringContaining("no time")]);
    expect(systemClock.now()).toBeLessThan(soon.deadline);
  }, 10_000);

  it("counts at once where nobody is ever beside it, when there is no time for another try", async () => {
    const { runner, seen } = runnerOf(({ bringDown }) => bringDown("lane_lost"), undefined, "C");
    const soon = { ...ctx, deadline: systemClock.now() + 9_000 };
    expect(await runner.run(soon, candidate)).toMatchObject({ blamed: "lane_lost", evidence: { length: 1 } });
    expect(await runner.run(ctx, candidate)).toMatchObject({ blamed: "lane_lost", evidence: { length: 4 } });
    expect(seen.control).toHaveLength(4);
  });

  it("never blames where the control program fails, too", async () => {
    const { runner, seen } = runnerOf(
      ({ bringDown }) => bringDown("agent_exit"),
      ({ bringDown }) => bringDown("agent_exit"),
    );
    await expect(runner.run(ctx, candidate)).rejects.toMatchObject({ code: "sandbox_lost" });
    expect(seen.control).toHaveLength(5);
    const failing = runnerOf(
      ({ bringDown }) => bringDown("oom"),
      () => printed("", { exit: { code: 1 } }),
    );
    await expect(failing.runner.run(ctx, candidate)).rejects.toMatchObject({ code: "sandbox_lost" });
  });

  it("asks the control program for health alone: hurried limits and files do not count", async () => {
    const { runner, seen } = runnerOf(({ bringDown }) => bringDown("stalled"));
    await runner.run(ctx, { ...candidate, limits: { ...limits, wallMs: 5, cpuMs: 5 } });
    const { limits: given, files, program } = seen.control[0]?.request ?? {};
    expect(given).toMatchObject({ wallMs: 10_000, cpuMs: 5_000, memoryBytes: limits.memoryBytes });
    expect([files, program]).toMatchObject([undefined, { interpreter: "plain" }]);
  });

  it("lets the control program live as long as the candidate did, for who ends sandboxes by the clock", async () => {
    const tick = () => new Promise((resolve) => setTimeout(resolve, 60));
    const { runner, seen } = runnerOf(async ({ bringDown }) => {
      await tick();
      return bringDown("agent_exit");
    });
    await runner.run(ctx, candidate);
    const seconds = seen.control.map(({ text }) => Number(/sleep\((.*)\)/.exec(text)?.[1]));
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0.055);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(1);
  });

  it.each(["closed", "killed", "engine"] as const)(
    "tries again after %s, which no candidate can cause",
    async (cause) => {
      let faults = 4;
      const { runner, seen } = runnerOf(({ bringDown }) => (faults-- > 0 ? bringDown(cause) : printed("right")));
      expect(await runner.run(ctx, candidate)).toMatchObject({ blamed: null, evidence: { length: 4 } });
      expect(seen.control).toHaveLength(0);
      const hopeless = runnerOf(({ bringDown }) => bringDown(cause));
      await expect(hopeless.runner.run(ctx, candidate)).rejects.toMatchObject({ context: { cause } });
      expect(hopeless.seen.candidate).toHaveLength(5);
    },
  );

  it("gives a run that cannot be set up a sandbox of its own, and then blames its files", async () => {
    const beside = runnerOf((inside) => {
      if (inside.request.env?.["ALONE"] === "true") return printed("right");
      throw faultOf(inside.sandbox, "setup");
    });
    expect(await beside.runner.run(ctx, candidate)).toMatchObject({ blamed: null, evidence: { length: 2 } });
    const never = runnerOf(({ sandbox }) => {
      throw faultOf(sandbox, "setup");
    });
    expect(await never.runner.run(ctx, candidate)).toMatchObject({ result: null, blamed: "setup" });
    expect([never.seen.candidate.length, never.seen.control.length]).toEqual([5, 3]);
  });

  it("repeats a doubtful result alone, and believes that one", async () => {
    const doubtful = [
      { exit: { signal: 9 }, unexplainedKill: true },
      { oomNearby: true },
      { limit: "wall", starvedMs: 151 },
    ] as const;
    for (const doubt of doubtful) {
      const { runner } = runnerOf(({ request }) =>
        request.env?.["ALONE"] === "true" ? printed("right") : printed("", doubt),
      );
      const run = await runner.run(ctx, candidate);
      expect(run).toMatchObject({ result: { limit: null }, evidence: [expect.stringContaining("repeated alone")] });
    }
    const { runner, seen } = runnerOf(() => printed("", { limit: "wall", starvedMs: 149 }));
    expect(await runner.run(ctx, candidate)).toMatchObject({ result: { limit: "wall" }, evidence: [] });
    expect(seen.candidate).toHaveLength(1);
  });

  it("does not give a fresh sandbox to each of a thousand suicides", async () => {
    const { runner, seen } = runnerOf(() => printed("", { exit: { signal: 9 }, unexplainedKill: true }));
    const record = new SubmissionRecord();
    for (let i = 0; i < 20; i++) await runner.run(ctx, candidate, { record });
    expect(seen.candidate).toHaveLength(26);
    expect(record.failsByItself).toBe(true);
  });

  it("runs who has been blamed alone from then on, and says when enough has been proved", async () => {
    const { runner, seen } = runnerOf(({ bringDown }) => bringDown("agent_exit"));
    const record = new SubmissionRecord();
    for (let i = 0; i < 3; i++) await runner.run(ctx, candidate, { record });
    const alone = seen.candidate.map(({ request }) => request.env?.["ALONE"]);
    expect(alone).toEqual(["false", ...Array.from({ length: 9 }, () => "true")]);
    expect(record.settled).toBe(true);
  });

  it("stays alone with a dangerous one, whatever happens on the way", async () => {
    let faults = 1;
    const { runner, seen } = runnerOf((inside) => (faults-- > 0 ? inside.bringDown("killed") : printed("right")));
    const record = new SubmissionRecord();
    record.blame();
    await runner.run(ctx, candidate, { record });
    expect(seen.candidate.map(({ request }) => request.env?.["ALONE"])).toEqual(["true", "true"]);
  });

  it("does not use a sandbox again in which a run has come to nothing", async () => {
    let faults = 1;
    const { runner, seen, memory } = runnerOf(({ sandbox }) => {
      if (faults-- > 0) throw faultOf(sandbox, "lane_lost");
      return printed("right");
    });
    for (let i = 0; i < 5; i++) await runner.run(ctx, candidate);
    const [first, ...others] = seen.candidate.map(({ sandbox }) => sandbox.id);
    expect(others).not.toContain(first);
    expect(memory.alive.has(first ?? "")).toBe(false);
  });

  it("believes in a sandbox that serves one run only a kill that recurs", async () => {
    const killed = { exit: { signal: 9 }, unexplainedKill: true } as const;
    let runs = 0;
    const once = runnerOf(
      () => (runs++ > 0 ? printed("right") : printed("", killed)),
      () => printed(""),
      "C",
    );
    expect(await once.runner.run(ctx, candidate)).toMatchObject({ result: { exit: { code: 0 } } });
    const again = runnerOf(
      () => printed("", killed),
      () => printed(""),
      "C",
    );
    expect(await again.runner.run(ctx, candidate)).toMatchObject({ result: { exit: { signal: 9 } } });
    expect(again.seen.candidate).toHaveLength(3);
  });

  it("counts a fault that comes before there is a request", async () => {
    let faults = 1;
    const { runner } = runnerOf(() => printed("right"));
    const holding: Candidate = {
      limits,
      async prepare(inner, sandbox, place) {
        if (faults-- > 0) throw faultOf(sandbox, "agent_exit");
        return candidate.prepare(inner, sandbox, place);
      },
    };
    expect(await runner.run(ctx, holding)).toMatchObject({ blamed: null, evidence: { length: 1 } });
  });

  it("ends with its context, and gives up nothing but its run", async () => {
    const controller = new AbortController();
    const { runner, memory } = runnerOf(() => new Promise(() => undefined));
    const running = runner.run(rootContext({ signal: controller.signal }), candidate);
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new SandlotError("cancelled", { detail: "by the test" }));
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect(memory.alive.size).toBeGreaterThan(0);
  });

  it("refuses who has waited too long for a sandbox", async () => {
    const { runner } = runnerOf(() => new Promise(() => undefined));
    const running = Array.from({ length: 16 }, () => runner.run(ctx, candidate).catch(() => undefined));
    await expect(runner.run(ctx, candidate, { maxWaitMs: 1 })).rejects.toMatchObject({ code: "queue_full" });
    await Promise.all(open.splice(0).map((pools) => pools.close()));
    await Promise.all(running);
  });
});
