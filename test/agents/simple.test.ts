import { describe, expect, test } from "vitest";
import { createSimpleAgent } from "../../src/agents/index.ts";
import type { AgentRun } from "../../src/agents/port.ts";
import type { RolloutLimits } from "../../src/contract/limits.ts";
import { type CallContext, rootContext, withScope } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { openSession } from "../../src/models/index.ts";
import type { ModelClient } from "../../src/models/port.ts";
import type { Resource, Row } from "../../src/resources/port.ts";
import { manualClock } from "../models/clocks.ts";
import { memoryResource, rowWith } from "./memory-resource.ts";
import { answerWith, message, reasoning, scriptedModel, toolCall } from "./scripted-model.ts";

interface Play {
  readonly row?: Row;
  readonly resource?: Resource;
  readonly limits?: RolloutLimits;
  readonly ctx?: CallContext;
  readonly clock?: ReturnType<typeof manualClock>;
}

const CALLER = { session: "rollout-1", group: null };

function play(model: ModelClient, options: Play = {}): Promise<AgentRun> {
  const {
    row = rowWith(["f"]),
    resource = memoryResource({ f: () => "ok" }),
    limits = {},
    clock = manualClock(),
  } = options;
  const agent = createSimpleAgent({ clock });
  const session = { resource, token: "session" };
  return agent.run(options.ctx ?? rootContext(), { row, sampling: "{}" }, session, openSession(model, CALLER), limits);
}

const outputs = (run: AgentRun) =>
  run.items
    .map((item) => JSON.parse(item) as Record<string, unknown>)
    .filter((item) => item["type"] === "function_call_output");

describe("the loop", () => {
  test("calls tools in order until the model answers", async () => {
    const resource = memoryResource({ f: (args) => `f got ${args}`, g: () => '{"n": 9007199254740993}' });
    const model = scriptedModel([
      answerWith([reasoning("hm"), toolCall("f", '{"a": 1.0}', "c1"), toolCall("g", "[]", "c2")], 3),
      answerWith([message("done")], 4),
    ]);
    const run = await play(model, { resource, row: rowWith(["f", "g"]) });
    expect(resource.calls).toEqual([
      { tool: "f", rawArguments: '{"a": 1.0}' },
      { tool: "g", rawArguments: "[]" },
    ]);
    expect(outputs(run)).toEqual([
      { type: "function_call_output", call_id: "c1", output: 'f got {"a": 1.0}' },
      { type: "function_call_output", call_id: "c2", output: '{"n": 9007199254740993}' },
    ]);
    expect(run).toMatchObject({
      truncatedBy: null,
      calls: [{ role: "policy", trainable: true, call: { parent: null } }, { model: "policy" }],
    });
    expect(run.calls[1]?.call.parent).toBe(run.calls[0]?.call.id);
    expect(run.response?.output.map((item) => item.type)).toEqual(
      run.items.map((item) => (JSON.parse(item) as { type: string }).type),
    );
    expect(run.response?.usage).toMatchObject({ input_tokens: 20, output_tokens: 7, total_tokens: 27 });
    expect(model.requests[1]?.input).toEqual(['{"role":"user","content":"Go"}', ...run.items.slice(0, -1)]);
  });

  test("a tool that was not declared, and arguments that are not JSON, reach no tool", async () => {
    const resource = memoryResource({ verify: () => "1", f: () => "ok" });
    const calls = [toolCall("verify", "{}", "c1"), toolCall("f", "{oops", "c2"), toolCall("f", "", "c3")];
    const run = await play(scriptedModel([answerWith(calls), answerWith([message("done")])]), { resource });
    expect(resource.calls).toEqual([]);
    const said = outputs(run).map((item) => JSON.parse(item["output"] as string) as { error: string });
    expect(said[0]?.error).toBe('Tool "verify" is not declared; the tools are: f.');
    expect(said[1]?.error).toMatch(/^Invalid tool call arguments: /);
    expect(said[2]?.error).toMatch(/^Invalid tool call arguments: /);
  });

  test("an answer that says nothing is asked to go on once", async () => {
    const twice = await play(scriptedModel([answerWith([reasoning("hm")])]));
    expect(twice).toMatchObject({ truncatedBy: null });
    expect(twice.calls).toHaveLength(2);
    const goesOn = await play(
      scriptedModel([
        answerWith([reasoning("a")]),
        answerWith([toolCall("f")]),
        answerWith([reasoning("b")]),
        answerWith([message("done")]),
      ]),
    );
    expect(goesOn.calls).toHaveLength(4);
  });

  test("an answer without any item is an empty answer", async () => {
    const run = await play(scriptedModel([answerWith([])]));
    expect(run).toMatchObject({ truncatedBy: null, response: { output: [] } });
    expect(run.calls).toHaveLength(1);
  });

  test("faults of the model and of a tool are thrown", async () => {
    const broken = () => Promise.reject(new SandlotError("model_unreachable", { model: "policy", detail: "gone" }));
    await expect(play(scriptedModel([broken]))).rejects.toMatchObject({ code: "model_unreachable" });
    const lost = new SandlotError("sandbox_lost", { sandbox_id: "sbx", detail: "gone", cause: "oom" });
    const resource = memoryResource({ f: () => Promise.reject(lost) });
    await expect(play(scriptedModel([answerWith([toolCall("f")])]), { resource })).rejects.toBe(lost);
  });

  test("a call without id is the endpoint's fault", async () => {
    const model = scriptedModel([answerWith([{ type: "function_call", name: "f", arguments: "{}" }])]);
    await expect(play(model)).rejects.toMatchObject({ code: "model_bad_response" });
  });

  test("a row without input is refused", async () => {
    const row = { raw: "{}", value: {} };
    await expect(play(scriptedModel([]), { row })).rejects.toMatchObject({ code: "invalid_row" });
  });
});

describe("limits of the policy", () => {
  const calling = () => scriptedModel([answerWith([toolCall("f")], 100)]);

  test("turns, after the tools of the last turn", async () => {
    const run = await play(calling(), { limits: { turns: 3 } });
    expect(run).toMatchObject({ truncatedBy: "turns", response: { id: "resp" } });
    expect([run.calls.length, outputs(run).length]).toEqual([3, 3]);
  });

  test("64 turns when nobody says", async () => {
    expect((await play(calling())).calls).toHaveLength(64);
  });

  test("the last turn may end the run by itself", async () => {
    const run = await play(scriptedModel([answerWith([message("done")])]), { limits: { turns: 1, tokens: 1 } });
    expect(run.truncatedBy).toBeNull();
  });

  test("tool calls", async () => {
    const resource = memoryResource({ f: () => "ok" });
    const model = scriptedModel([answerWith([toolCall("f"), toolCall("f"), toolCall("f")])]);
    const run = await play(model, { resource, limits: { tool_calls: 2 } });
    expect(run.truncatedBy).toBe("tool_calls");
    expect(resource.calls).toHaveLength(2);
  });

  test("tokens, which also lower what each call may generate", async () => {
    const resource = memoryResource({ f: () => "ok" });
    const model = calling();
    const row = rowWith(["f"], { max_output_tokens: 180 });
    const run = await play(model, { row, resource, limits: { tokens: 250 } });
    expect(run.truncatedBy).toBe("tokens");
    expect(model.requests.map((request) => request.params.get("max_output_tokens"))).toEqual(["180", "150", "50"]);
    expect(resource.calls).toHaveLength(2);
  });

  test("the model's own length, unless the budget of tokens made it short", async () => {
    const cut = answerWith([message("ha")], 50, { truncatedBy: "length" });
    expect((await play(scriptedModel([cut]))).truncatedBy).toBe("length");
    expect((await play(scriptedModel([cut]), { limits: { tokens: 50 } })).truncatedBy).toBe("tokens");
    const filtered = answerWith([message("ha")], 50, { truncatedBy: "content_filter" });
    expect((await play(scriptedModel([filtered]))).truncatedBy).toBe("content_filter");
  });

  /** Waits until its context ends. */
  const hangs = (ctx: CallContext) =>
    new Promise<never>((_resolve, reject) => {
      ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
    });

  const settle = () => new Promise((resolve) => setImmediate(resolve));

  test("time: a model call that overruns is aborted", async () => {
    const clock = manualClock();
    const model = scriptedModel([answerWith([toolCall("f")], 1, { durationMs: 4_000 }), hangs]);
    const run = play(model, { clock, limits: { wall_seconds: 10 } });
    await settle();
    expect(clock.pending()).toEqual([6_000]);
    clock.advance(6_000);
    const ended = await run;
    expect(ended).toMatchObject({ truncatedBy: "time", modelMs: 10_000, response: { id: "resp" } });
    expect(ended.calls).toHaveLength(1);
  });

  test("time: a tool that overruns is aborted, also when it does not listen", async () => {
    const clock = manualClock();
    const resource = memoryResource({ f: () => new Promise<never>(() => undefined) });
    const run = play(calling(), { clock, resource, limits: { wall_seconds: 10 } });
    await settle();
    clock.advance(10_000);
    expect(await run).toMatchObject({ truncatedBy: "time", toolsMs: 10_000 });
  });

  test("time: tools count, and nothing starts when it is used up", async () => {
    const clock = manualClock();
    const resource = memoryResource({
      f: () => {
        clock.advance(5_000);
        return "ok";
      },
    });
    const model = scriptedModel([answerWith([toolCall("f")], 1, { durationMs: 2_500 })]);
    const run = await play(model, { clock, resource, limits: { wall_seconds: 10 } });
    expect(run).toMatchObject({ truncatedBy: "time", modelMs: 5_000, toolsMs: 5_000 });
    expect([run.calls.length, resource.calls.length]).toEqual([2, 1]);
  });

  test("time without any answer has no response", async () => {
    const clock = manualClock();
    const run = play(scriptedModel([hangs]), { clock, limits: { wall_seconds: 1 } });
    await settle();
    clock.advance(1_000);
    expect(await run).toEqual({
      calls: [],
      items: [],
      response: null,
      truncatedBy: "time",
      modelMs: 1_000,
      toolsMs: 0,
    });
  });

  test("the end of the context is no truncation", async () => {
    const clock = manualClock();
    const late = withScope(rootContext(), { timeoutMs: 5_000, clock }, (ctx) =>
      play(scriptedModel([hangs]), { clock, ctx }),
    );
    const outcome = expect(late).rejects.toMatchObject({ code: "deadline_exceeded" });
    await settle();
    clock.advance(5_000);
    await outcome;

    const controller = new AbortController();
    const ctx = rootContext({ signal: controller.signal });
    const cancelled = play(scriptedModel([hangs]), { clock, ctx, limits: { wall_seconds: 10 } });
    const reason = new SandlotError("cancelled", { detail: "by the test" });
    const thrown = expect(cancelled).rejects.toBe(reason);
    await settle();
    controller.abort(reason);
    await thrown;
  });
});
