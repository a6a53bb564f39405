import { afterAll, describe, expect, it } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { checkContiguity } from "../../src/core/tokens/contiguity.ts";
import { createOpenAiClient, openSession } from "../../src/models/index.ts";
import type { PlacedCall } from "../../src/models/port.ts";

/** Base URL of a vLLM that serves `policy` with Hermes tools, a reasoning parser and `--enable-scale-out`. */
const url = process.env["SANDLOT_TEST_VLLM"] ?? "";
const why = url === "" ? " (skipped: SANDLOT_TEST_VLLM names no server)" : "";

const ADD = {
  type: "function",
  name: "add",
  description: "Add two integers",
  parameters: {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "integer" } },
    required: ["a", "b"],
  },
};
const CALL = '<tool_call>\n{"name": "add", "arguments": {"a": 17, "b": 25}}\n</tool_call>';
const TURNS = 5;

interface Episode {
  readonly template: object;
  /** What the model is made to say, in tokens that its tokenizer would not choose. */
  readonly forced?: string;
  /** Whether the caller leaves reasoning out of what it sends back. */
  readonly forgetful?: boolean;
}

const client = url === "" ? null : createOpenAiClient({ name: "policy", url, model: "policy", tokens: true });
afterAll(() => client?.close());

/** A conversation of some turns: what is called is answered, what is said is asked further. */
async function converse({ template, forced, forgetful = false }: Episode, number: number): Promise<PlacedCall[]> {
  if (!client) throw new Error("no server");
  const session = openSession(client, { session: `episode-${number}`, group: "add" });
  const params = new Map([
    ["tools", JSON.stringify([ADD])],
    ["max_output_tokens", "120"],
    ["temperature", "1"],
    ["chat_template_kwargs", JSON.stringify(template)],
    ...(forced === undefined ? [] : [["structured_outputs", JSON.stringify({ choice: [forced] })] as const]),
  ]);
  const input = [JSON.stringify({ role: "user", content: `What is ${17 + number} + 25 + 8?` })];
  const calls: PlacedCall[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const call = await session.respond(rootContext(), { params, input: [...input] });
    calls.push(call);
    if (call.truncatedBy !== null) break;
    const items = call.items.map((raw) => ({ raw, value: JSON.parse(raw) as Record<string, unknown> }));
    input.push(...items.filter(({ value }) => !forgetful || value["type"] !== "reasoning").map(({ raw }) => raw));
    const asked = items.filter(({ value }) => value["type"] === "function_call");
    for (const { value } of asked)
      input.push(JSON.stringify({ type: "function_call_output", call_id: value["call_id"], output: "42" }));
    if (asked.length === 0) input.push(JSON.stringify({ role: "user", content: "What is 1 + 2?" }));
  }
  return calls;
}

const reportOf = (calls: readonly PlacedCall[]) =>
  checkContiguity(
    calls.map(({ id, tokens }) => ({
      id,
      prompt: tokens.promptTokenIds,
      generation: tokens.generationTokenIds,
      logProbs: tokens.generationLogProbs,
    })),
  );

const EPISODES = 6;

describe.runIf(url !== "")(`turns on a real vLLM${why}`, () => {
  it.each<[string, Episode]>([
    ["the template keeps reasoning", { template: { keep_thinking: true } }],
    ["the model does not reason", { template: { enable_thinking: false } }],
    ["its tokens are not canonical", { template: { enable_thinking: false }, forced: CALL }],
  ])("join into one sequence where %s", async (_where, episode) => {
    for (let number = 0; number < EPISODES; number++) {
      const calls = await converse(episode, number);
      expect(calls.length).toBeGreaterThan(1);
      expect(calls.map(({ broken }) => broken)).toEqual(calls.map(() => null));
      expect(reportOf(calls)).toMatchObject({ contiguous: true });
    }
  });

  it("break where the template or the caller drops reasoning, and the break says so", async () => {
    const reasons = new Set<string>();
    for (let number = 0; number < EPISODES; number++) {
      const calls = await converse({ template: {}, forgetful: number % 2 === 0 }, number);
      for (const { broken } of calls) if (broken) reasons.add(broken.reason);
      const { breaks } = reportOf(calls);
      expect(breaks).toHaveLength(calls.filter(({ broken }) => broken !== null).length);
    }
    expect([...reasons]).toEqual(["dropped_reasoning"]);
  });
});
