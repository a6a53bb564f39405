import { joinMembers, rawMembers } from "../../core/json/raw.ts";
import type { VersionSpan } from "../../core/tokens/samples.ts";
import {
  type BadResponse,
  type ChatBody,
  type Generated,
  type Prompt,
  readGenerated,
  readRendered,
  withTokens,
} from "./bodies.ts";
import { continues, splice } from "./splice.ts";

/** One engine. */
export interface ExactEngine {
  /** Posts a body to a path from the root; null when the engine does not serve that path. */
  post(path: string, body: () => string): Promise<string | null>;
  readonly badResponse: BadResponse;
  /** Makes the error of a generation that the engine has aborted. */
  readonly aborted: BadResponse;
}

/** A turn whose prompt is to continue tokens that the engine was told and sampled. */
export interface ExactRequest {
  readonly ids: ArrayLike<number>;
  /** The name of the model, raw. */
  readonly model: string;
  /** Writes the raw body of the Chat request, with the whole conversation. */
  readonly chat: () => string;
  /** The same body with only the messages that `ids` stand for, the model's last answer included. */
  readonly before: () => string;
  /** The same body with only its last message: what an engine parses an answer by is beside the messages, which are large. */
  readonly last: () => string;
}

export interface ExactAnswer {
  /** Body of the generation itself. */
  readonly request: string;
  /** The answer as vLLM's body of a Chat completion, parsed by the engine, with the ids and log-probs of the generation. */
  readonly chat: ChatBody;
  readonly weightVersions: readonly VersionSpan[];
}

/** Why the turn has to be asked as text: the engine cannot, or its template gives nothing to continue. */
export type NotExact = "unsupported" | "not_continued";

const RENDER = "/v1/chat/completions/render";
const DERENDER = "/v1/chat/completions/derender";
const GENERATE = "/inference/v1/generate";

/**
 * One turn of vLLM from token ids (`--enable-scale-out`): render the conversation, put its new end behind the ids, generate
 * from them, and let the engine parse what it sampled. Whatever the template makes of earlier turns, the prompt starts with
 * exactly what was sampled.
 */
export async function exactTurn(engine: ExactEngine, request: ExactRequest): Promise<ExactAnswer | NotExact> {
  const rendered = await engine.post(RENDER, request.chat);
  if (rendered === null) return "unsupported";
  const { prompt: now, sampling, hasMedia, passedOn } = readRendered(rendered, engine.badResponse);
  if (hasMedia) return "not_continued";
  const prompt = continues(request.ids, now.ids) ? now : await spliced(engine, request, now.ids);
  if (prompt === null) return "not_continued";
  const body = () =>
    joinMembers([
      ["model", request.model],
      ["token_ids", prompt.text],
      // Log-probs of just the tokens that were sampled.
      ["sampling_params", joinMembers([...sampling, ["logprobs", "0"]])],
      ...passedOn,
    ]);
  const response = await engine.post(GENERATE, body);
  if (response === null) return "unsupported";
  const generated = readGenerated(response, engine.badResponse);
  // What it had until then is no answer, and nothing at all cannot even be parsed.
  if (generated.isAborted) throw engine.aborted("the engine aborted the generation");
  const chat = await parsed(engine, request, { prompt, generated });
  if (chat === null) return "unsupported";
  return { request: body(), chat: withTokens(chat, prompt, generated), weightVersions: generated.weightVersions };
}

interface Turn {
  readonly prompt: Prompt;
  readonly generated: Generated;
}

async function spliced(
  engine: ExactEngine,
  { ids, before }: ExactRequest,
  now: readonly number[],
): Promise<Prompt | null> {
  const past = () => joinMembers([...rawMembers(before()), ["add_generation_prompt", "false"]]);
  const rendered = await engine.post(RENDER, past);
  if (rendered === null) return null;
  const prompt = splice(ids, { before: readRendered(rendered, engine.badResponse).prompt.ids, now });
  return prompt && { ids: prompt, text: JSON.stringify(prompt) };
}

/** The answer as a Chat completion, parsed by the engine; null when it does not serve that. */
async function parsed(engine: ExactEngine, request: ExactRequest, turn: Turn): Promise<string | null> {
  const { prompt, generated } = turn;
  if (generated.forParsing === null) return generated.silent;
  const derender = joinMembers([
    ["model", request.model],
    ["generate_response", generated.forParsing],
    ["prompt_tokens", String(prompt.ids.length)],
    ["chat_request", request.last()],
  ]);
  return engine.post(DERENDER, () => derender);
}
