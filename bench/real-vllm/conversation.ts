import { rootContext } from "../../src/core/context.ts";
import { openSession } from "../../src/models/index.ts";
import type { ModelClient, PlacedCall } from "../../src/models/port.ts";

const TOOLS = [
  { name: "add", description: "Add two integers", properties: { a: { type: "integer" }, b: { type: "integer" } } },
  { name: "get_weather", description: "Weather of a city", properties: { city: { type: "string" } } },
  { name: "lookup", description: "Find the code of a box", properties: { box: { type: "string" } } },
].map(({ name, description, properties }) => ({
  type: "function",
  name,
  description,
  parameters: { type: "object", properties, required: Object.keys(properties) },
}));

export interface Conversation {
  readonly session: string;
  readonly group: number;
  readonly turns: number;
  /** vLLM's `chat_template_kwargs`. */
  readonly template: object;
  /** Before the question, the same for its group. */
  readonly instructions?: string;
  readonly seed: number;
}

/** A conversation of so many turns: what the model calls is answered, and what it says is asked further. */
export async function converse(client: ModelClient, conversation: Conversation): Promise<PlacedCall[]> {
  const { session: name, group, turns, template, instructions, seed } = conversation;
  const session = openSession(client, { session: name, group: `group-${group}` });
  const message = (role: string, content: string) => JSON.stringify({ role, content });
  const input = [
    ...(instructions === undefined ? [] : [message("system", instructions)]),
    message("user", `What is ${10 + (group % 80)} + 25?`),
  ];
  const calls: PlacedCall[] = [];
  try {
    for (let turn = 0; turn < turns; turn++) {
      const params = new Map([
        ["tools", JSON.stringify(TOOLS)],
        ["max_output_tokens", "160"],
        ["temperature", "1"],
        ["seed", String(1_000 * seed + turn)],
        ["chat_template_kwargs", JSON.stringify(template)],
      ]);
      const call = await session.respond(rootContext(), { params, input: [...input] });
      calls.push(call);
      if (call.truncatedBy !== null) break;
      input.push(...call.items);
      const called = call.answer.output.filter(({ type }) => type === "function_call");
      for (const { call_id: id } of called)
        input.push(JSON.stringify({ type: "function_call_output", call_id: id, output: "42" }));
      if (called.length === 0) input.push(message("user", `And ${turn + 1} + ${group % 10}?`));
    }
    return calls;
  } finally {
    session.end();
  }
}
