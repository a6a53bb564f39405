import { describe, expect, it } from "vitest";
import { closedAfterEach } from "../closed-after-each.ts";
import { startEngineProcess } from "./engine-process.ts";
import { openFleetOf, turn } from "./fleet-of-stand-ins.ts";

const closing = closedAfterEach();
const CALLS = 12;
const LONG = turn("hello", { max_output_tokens: 100, min_tokens: 100, ignore_eos: true });

/** Two processes with calls in flight at both, half of the calls each. */
async function underLoad() {
  const engines = await Promise.all([startEngineProcess(closing), startEngineProcess(closing)]);
  const opened = openFleetOf(
    closing,
    engines.map(({ url }) => url),
  );
  await opened.ready();
  const asked = Array.from({ length: CALLS }, (_, i) => opened.ask(`s${i}`, LONG));
  for (const { running } of engines) await expect.poll(running, { timeout: 10_000 }).toBe(CALLS / 2);
  return { ...opened, engines, answers: Promise.all(asked) };
}

describe("the process of a replica", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)("ends by %s: its calls are made elsewhere, whole", async (signal) => {
    const { engines, answers, stateOf, inFlight } = await underLoad();
    engines[0].signal(signal);
    await engines[0].ended();
    const calls = await answers;
    expect(calls.map(({ replica }) => replica)).toEqual(calls.map(() => "r1"));
    for (const { tokens, finishReason } of calls)
      expect([finishReason, tokens.generationTokenIds?.length]).toEqual(["length", 100]);
    await expect.poll(() => stateOf("r0"), { timeout: 10_000 }).toBe("dead");
    expect(inFlight()).toBe(0);
  });

  it("hangs under SIGSTOP: its calls are taken away and made elsewhere; after SIGCONT it is ready again", async () => {
    const { engines, answers, stateOf, ready } = await underLoad();
    engines[0].signal("SIGSTOP");
    const calls = await answers;
    expect(new Set(calls.map(({ replica }) => replica))).toEqual(new Set(["r1"]));
    expect(stateOf("r0")).toBe("dead");
    engines[0].signal("SIGCONT");
    await ready();
    await expect.poll(() => engines[0].running(), { timeout: 10_000 }).toBe(0);
  });
});
