import { describe, expect, it } from "vitest";
import { outputText } from "../../../src/contract/responses.ts";
import { rootContext } from "../../../src/core/context.ts";
import { openSession } from "../../../src/models/index.ts";
import { decode } from "../../../src/models/stand-in/text/tokenizer.ts";
import { closedAfterEach } from "../closed-after-each.ts";
import { openGatewaySession, samplesOf } from "../gateway-session.ts";
import { startFleet, turn, until } from "./fleet-of-stand-ins.ts";

const closing = closedAfterEach();
const CALLS = 50;
const names = Array.from({ length: CALLS }, (_, i) => `s${i}`);
const LENGTH = 60;
const LONG = { max_output_tokens: LENGTH, min_tokens: LENGTH, ignore_eos: true };

describe("a weight update with 50 calls in flight", () => {
  it.each(["wait", "keep", "abort"] as const)("loses and doubles none, and stamps all (%s)", async (mode) => {
    const { ask, fleet, engine, inFlight, begunInAll } = await startFleet(closing, { standIn: { speed: 1 } });
    await fleet.updates.resume(rootContext(), { weightVersion: "1" });
    const counters = () => [0, 1].map((at) => engine(at).replica.driver.engine.counters);
    const sum = (key: "running" | "finished" | "aborted") => counters().reduce((all, one) => all + one[key], 0);

    const asked = names.map((name) => ask(name, turn(`I am ${name}`, LONG)));
    await until(() => sum("running") === CALLS);
    const paused = await fleet.updates.pause(rootContext(), mode);
    expect(paused.map(({ problem }) => problem)).toEqual([null, null]);
    // Who comes meanwhile waits.
    const late = names.map((name) => ask(`late ${name}`, turn(`I am late ${name}`, LONG)));
    await until(() => fleet.snapshot().waiting === CALLS + (mode === "abort" ? CALLS : 0));
    expect(begunInAll()).toBe(CALLS);
    expect([sum("finished"), sum("aborted")]).toEqual({ wait: [CALLS, 0], keep: [0, 0], abort: [0, CALLS] }[mode]);
    const resumed = await fleet.updates.resume(rootContext(), { weightVersion: "2" });
    expect(resumed.map(({ problem }) => problem)).toEqual([null, null]);

    const [early, others] = [await Promise.all(asked), await Promise.all(late)];
    expect(new Set([...early, ...others].map(({ id }) => id)).size).toBe(2 * CALLS);
    for (const { tokens } of [...early, ...others]) expect(tokens.generationTokenIds).toHaveLength(LENGTH);
    // Each caller got the answer to its own prompt.
    expect(new Set([...early, ...others].map(({ tokens }) => String(tokens.promptTokenIds))).size).toBe(2 * CALLS);
    expect(begunInAll()).toBe(2 * CALLS + (mode === "abort" ? CALLS : 0));
    expect(sum("finished")).toBe(2 * CALLS);
    expect(inFlight()).toBe(0);

    expect(new Set(others.map(({ weightVersion }) => weightVersion))).toEqual(new Set(["2"]));
    const stamp = { wait: "1", keep: "2", abort: "2" }[mode];
    expect(new Set(early.map(({ weightVersion }) => weightVersion))).toEqual(new Set([stamp]));
    // Tokens of two versions, and nobody knows where one ends.
    const mixed = mode === "keep" ? [{ version: null, between: ["1", "2"], start: 0, end: LENGTH }] : undefined;
    for (const { weightVersions } of early) expect(weightVersions).toEqual(mixed);
  });

  it("makes a later turn again that was aborted before its first token", async () => {
    const { ask, fleet, engine, inFlight } = await startFleet(closing, {
      replicas: 1,
      standIn: { speed: 1, engine: { maxSequences: 1 } },
    });
    const session = openSession(fleet.client, { session: "s", group: null });
    const first = turn('[[script ["one", "two"]]]');
    const { items } = await session.respond(rootContext(), first);
    const long = ask("other", turn("I am another", LONG));
    await until(() => engine(0).replica.driver.engine.counters.running === 1);
    const input = [...first.input, ...items, ...turn("go on").input];
    const second = session.respond(rootContext(), { ...first, input });
    await until(() => engine(0).replica.driver.engine.counters.waiting === 1);
    await fleet.updates.pause(rootContext(), "abort");
    await fleet.updates.resume(rootContext(), { weightVersion: "2" });
    expect(await second).toMatchObject({ broken: null, finishReason: "stop" });
    await long;
    expect(inFlight()).toBe(0);
  });

  it.each(["wait", "keep", "abort"] as const)("breaks no trajectory: a later turn is made whole (%s)", async (mode) => {
    const { fleet, engine, begunInAll } = await startFleet(closing, { replicas: 1, standIn: { speed: 1 } });
    const { openai, session } = await openGatewaySession(fleet.client, closing, {
      sampling: new Map([["max_output_tokens", String(LENGTH)]]),
    });
    const messages: { role: "user" | "assistant"; content: string }[] = [];
    const say = async (content: string) => {
      messages.push({ role: "user", content });
      const { choices } = await openai.chat.completions.create({ model: "policy", messages });
      messages.push({ role: "assistant", content: choices[0]?.message.content ?? "" });
    };
    await say('[[script ["one", {"content": "word ", "tokens": 40}, "three"]]]');
    const second = say("go on");
    await until(() => engine(0).replica.driver.engine.counters.running === 1);
    const pausing = fleet.updates.pause(rootContext(), mode);
    await pausing;
    await fleet.updates.resume(rootContext(), { weightVersion: "2" });
    await second;
    await say("and on");
    const samples = samplesOf(session);
    expect(samples.map(({ call_ids, problem, break: broken }) => [call_ids.length, problem, broken])).toEqual([
      [3, null, null],
    ]);
    expect(samples[0]?.finish_reason).toBe("stop");
    expect(begunInAll()).toBe(mode === "abort" ? 4 : 3);
  });
});

describe("a later turn of which the model says nothing", () => {
  it("is an empty answer, and its end token can be trained on", async () => {
    const { fleet } = await startFleet(closing, {
      replicas: 1,
      standIn: { answer: ({ prompt }) => ({ content: decode(prompt).includes("go on") ? "" : "one" }) },
    });
    const session = openSession(fleet.client, { session: "s", group: null });
    const first = turn("I am s");
    const { items } = await session.respond(rootContext(), first);
    const silent = await session.respond(rootContext(), {
      ...first,
      input: [...first.input, ...items, ...turn("go on").input],
    });
    expect(silent).toMatchObject({ broken: null, finishReason: "stop", usage: { output_tokens: 1 } });
    expect(outputText(silent.answer.output)).toBe("");
    expect(silent.parent).not.toBeNull();
    expect(silent.tokens.generationTokenIds).toHaveLength(1);
    expect(silent.tokens.generationLogProbs).toHaveLength(1);
  });
});
