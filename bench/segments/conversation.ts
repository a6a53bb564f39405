import type { BlobRecord } from "../../src/store/index.ts";
import { tokenParts } from "../../src/rollouts/token-parts.ts";
import { seeded } from "../support/measure.ts";

export interface ConversationShape {
  readonly turns: number;
  /** Of the tool's answer in each turn. */
  readonly toolCharacters: number;
  /** Of the system prompt. */
  readonly system: number;
  /** Whether the engine tells token ids and log-probs, as vLLM does. */
  readonly tokens: boolean;
}

/** Four characters to a token, as tokenizers have it with English text. */
const CHARACTERS = 4;
const ANSWER_CHARACTERS = 600;

/** The record of a rollout in which a model calls a tool in every turn. */
export function conversation({ turns, toolCharacters, system, tokens }: ConversationShape): BlobRecord {
  const random = seeded(turns + toolCharacters);
  const text = (characters: number) => words(random, characters);
  const id = () => Math.floor(random() ** 2 * 150_000);
  const parts = new Map<string, Uint8Array>();
  const messages: object[] = [
    { role: "system", content: text(system) },
    { role: "user", content: text(800) },
  ];
  const ids = Array.from({ length: Math.ceil((system + 800) / CHARACTERS) }, id);
  for (let turn = 0; turn < turns; turn++) {
    const content = text(ANSWER_CHARACTERS);
    const generation = Array.from({ length: ANSWER_CHARACTERS / CHARACTERS }, id);
    const logProbs = generation.map(() => Math.fround(Math.log(1 - random() ** 4)));
    const request = { model: "policy", temperature: 1, tools: TOOLS, messages, stream: false };
    const message = { role: "assistant", content, tool_calls: [{ id: `call-${turn}`, type: "function" }] };
    const told = tokens ? { prompt_token_ids: ids, logprobs: { content: generation.map(toldOf(logProbs)) } } : {};
    const response = {
      id: `chatcmpl-${random()}`,
      choices: [{ message, ...told }],
      usage: { prompt_tokens: ids.length },
    };
    parts.set(`request/${turn}`, Buffer.from(JSON.stringify(request)));
    parts.set(`response/${turn}`, Buffer.from(JSON.stringify(response)));
    const lists = { promptTokenIds: [...ids], generationTokenIds: generation, generationLogProbs: logProbs };
    for (const [name, bytes] of tokens ? tokenParts(lists) : []) parts.set(`${name}/${turn}`, bytes);
    const result = text(toolCharacters);
    messages.push(message, { role: "tool", tool_call_id: `call-${turn}`, content: result });
    ids.push(...generation, ...Array.from({ length: Math.ceil(result.length / CHARACTERS) }, id));
  }
  parts.set("items", Buffer.from(JSON.stringify(messages.slice(2))));
  return parts;
}

const toldOf = (logProbs: readonly number[]) => (token: number, at: number) => ({
  token: `token_id:${token}`,
  logprob: logProbs[at],
  top_logprobs: [],
});

const TOOLS = Array.from({ length: 4 }, (_, i) => ({
  type: "function",
  function: {
    name: `tool_${i}`,
    description: "Runs a command in the sandbox and answers what it wrote to its standard output and standard error.",
    parameters: { type: "object", properties: { command: { type: "string" }, timeout: { type: "number" } } },
  },
}));

/** Text of a vocabulary of 5,000 made-up words, the first ones most often. */
function words(random: () => number, characters: number): string {
  let text = "";
  while (text.length < characters) text += `${WORDS[Math.floor(random() ** 3 * WORDS.length)] ?? ""} `;
  return text.slice(0, characters);
}

const WORDS = (() => {
  const random = seeded(1);
  const letter = () => String.fromCodePoint(97 + Math.floor(random() * 26));
  return Array.from({ length: 5_000 }, () => Array.from({ length: 2 + Math.floor(random() * 8) }, letter).join(""));
})();
