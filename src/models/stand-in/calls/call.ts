import type { JsonObject } from "../../../core/json/parse.ts";
import type { AnswerRequest } from "../options.ts";
import type { Generation, GenerationPlan } from "../replica/generation.ts";
import { planGeneration } from "../replica/plan.ts";
import type { Replica } from "../replica/replica.ts";
import type { Sampling } from "../replica/sampling.ts";
import { HttpError } from "../http/http-error.ts";
import type { Answer } from "../text/answer.ts";
import type { ChatMessage, ToolDefinition } from "../text/messages.ts";
import { pythonJson } from "../text/python-json.ts";
import { hashNumbers, seededRandom } from "../text/random.ts";
import { schemaValue } from "../text/schema-value.ts";
import { sampleAnswer, type SampleRequest } from "../text/sampler.ts";
import { scriptIn } from "../text/script.ts";
import { decode } from "../text/tokenizer.ts";

/** What is to be generated for a call, whichever dialect it came in. */
export interface Call {
  readonly api: AnswerRequest["api"];
  readonly body: JsonObject;
  /** Empty where there is only a prompt. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: SampleRequest["toolChoice"];
  readonly thinking: boolean;
  readonly prompt: readonly number[];
  readonly sampling: Sampling;
}

/** Makes `count` sequences per call, or throws: 503 when the queue is full. */
export function startGenerations(replica: Replica, calls: readonly Call[], count: number, id: string): Generation[] {
  if (replica.full) {
    replica.metrics.rejected.max_num_queued_reqs++;
    throw new HttpError(
      503,
      "The engine is currently busy and cannot accept new requests. Please try again later or on a different instance.",
    );
  }
  return calls.flatMap((call, i) =>
    Array.from({ length: count }, (_, n) => replica.generation(id, planCall(replica, call, i * count + n))),
  );
}

function planCall(replica: Replica, call: Call, index: number): GenerationPlan {
  const { settings, weights } = replica;
  const { sampling, prompt, thinking } = call;
  const seed = hashNumbers([seedOf(replica, sampling), index, weights.generation], hashNumbers(prompt));
  const answer = answerTo(replica, call, index, seed);
  return planGeneration({
    prompt,
    answer,
    sampling,
    seed,
    thinking,
    // Text that is forced on a real model comes as tokens that it would not choose itself.
    drift: settings.drift || sampling.choice !== null,
  });
}

/** Without a seed, every call of a replica says something else, except at temperature 0. */
function seedOf(replica: Replica, { seed, temperature }: Sampling): number {
  if (seed !== null) return seed;
  return temperature === 0 ? 0 : replica.nextCall() + 1;
}

function answerTo(replica: Replica, call: Call, index: number, seed: number): Answer {
  const { settings } = replica;
  const { api, body, messages, tools, toolChoice, thinking, prompt, sampling } = call;
  const asked = settings.answer?.({ api, body, messages, tools, prompt, index, replica: settings.replica, seed });
  if (asked) return asked;
  if (sampling.choice !== null && sampling.choice.length > 0)
    return { raw: sampling.choice[seed % sampling.choice.length] ?? "" };
  const scripted = scriptedAnswer(call);
  if (scripted) return scripted;
  if (sampling.schema !== null) return { content: pythonJson(schemaValue(sampling.schema, seededRandom(seed))) };
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  const toolResults = messages.slice(lastUser + 1).filter(({ role }) => role === "tool").length;
  return sampleAnswer({ seed, tools, toolChoice, toolResults, thinking, length: settings.answerLength });
}

/** The answer of a `[[script …]]` in the conversation: one for each assistant's turn since, the last one for ever. */
function scriptedAnswer({ messages, prompt, api }: Call): Answer | null {
  if (api === "completions" || api === "generate") return scriptIn(decode(prompt))?.[0] ?? null;
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    const script =
      message && message.role !== "assistant" && message.role !== "tool" ? scriptIn(message.content) : null;
    if (!script) continue;
    const turn = messages.slice(i + 1).filter(({ role }) => role === "assistant").length;
    return script[Math.min(turn, script.length - 1)] ?? null;
  }
  return null;
}
