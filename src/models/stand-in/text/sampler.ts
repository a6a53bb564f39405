import type { Answer } from "./answer.ts";
import type { ToolDefinition } from "./messages.ts";
import { normal, type Random, seededRandom } from "./random.ts";
import { schemaValue } from "./schema-value.ts";
import { WORDS } from "./words.ts";

/** How long answers are: log-normal, in tokens. */
export interface AnswerLength {
  readonly median: number;
  /** Standard deviation of the logarithm. */
  readonly sigma: number;
}

/** Longest answer that is made up, in tokens. */
const LONGEST = 8192;
/** Calls of one kind are not made for ever: after so many tool results the answer is text. */
const MOST_RESULTS = 4;

export interface SampleRequest {
  readonly seed: number;
  readonly tools: readonly ToolDefinition[];
  /** `required` makes a call, as does a tool's name; `none` makes none. */
  readonly toolChoice: "auto" | "none" | "required" | { readonly name: string };
  /** Tool results since the last message of the user. */
  readonly toolResults: number;
  readonly thinking: boolean;
  readonly length: AnswerLength;
}

/** An answer that depends on nothing but the request: words, or a tool call when tools are offered. */
export function sampleAnswer(request: SampleRequest): Answer {
  const random = seededRandom(request.seed);
  const tool = toolToCall(request, random);
  const length = Math.round(request.length.median * Math.exp(request.length.sigma * normal(random)));
  const reasoning = request.thinking
    ? { reasoning: sentences(Math.max(4, Math.min(length, LONGEST) >> 2), random) }
    : {};
  if (!tool) return { ...reasoning, content: sentences(Math.max(1, Math.min(length, LONGEST)), random) };
  return { ...reasoning, toolCalls: [{ name: tool.name, arguments: schemaValue(tool.parameters ?? {}, random) }] };
}

function toolToCall({ tools, toolChoice, toolResults }: SampleRequest, random: Random): ToolDefinition | null {
  const any = tools[Math.floor(random() * tools.length)] ?? null;
  if (typeof toolChoice === "object") return tools.find(({ name }) => name === toolChoice.name) ?? any;
  if (toolChoice === "required") return any;
  if (toolChoice === "none" || toolResults >= MOST_RESULTS) return null;
  return random() < 1 / (toolResults + 1) ? any : null;
}

/** About `count` tokens of words in sentences. */
export function sentences(count: number, random: Random): string {
  const words: string[] = [];
  let left = count;
  while (left > 0) {
    const length = Math.min(left, 5 + Math.floor(random() * 12));
    for (let i = 0; i < length; i++) {
      const word = WORDS[Math.floor(random() * WORDS.length)] ?? "word";
      const first = i === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
      words.push(i === length - 1 ? `${first}.` : first);
    }
    left -= length + 1;
  }
  return words.join(" ");
}
