import { joinElements, joinMembers, rawElements, rawMembers } from "../../core/json/raw.ts";
import type { VersionSpan } from "../../core/tokens/samples.ts";
import { type BadResponse, type ChatBody, type Generated, readGenerated, readRendered, withTokens } from "./bodies.ts";
import { continues, splice } from "./splice.ts";

/** One engine. */
export interface ExactEngine {
  /** Posts a body to a path from the root; null when the engine does not serve that path. */
  post(path: string, body: string): Promise<string | null>;
  readonly badResponse: BadResponse;
  /** Makes the error of a generation that the engine has aborted. */
  readonly aborted: BadResponse;
}

/** A turn whose prompt is to continue tokens that the engine was told and sampled. */
export interface ExactRequest {
  readonly ids: ArrayLike<number>;
  /** Raw body of the Chat request, with the whole conversation. */
  readonly chat: string;
  /** The same body with only the messages that `ids` stand for, the model's last answer included. */
  readonly before: string;
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
  const { ids: now, sampling, hasMedia, passedOn } = readRendered(rendered, engine.badResponse);
  if (hasMedia) return "not_continued";
  const prompt = continues(request.ids, now) ? now : await spliced(engine, request, now);
  if (prompt === null) return "not_continued";
  const promptText = JSON.stringify(prompt);
  const body = joinMembers([
    ["model", rawMembers(request.chat).get("model") ?? "null"],
    ["token_ids", promptText],
    // Log-probs of just the tokens that were sampled.
    ["sampling_params", joinMembers([...sampling, ["logprobs", "0"]])],
    ...passedOn,
  ]);
  const response = await engine.post(GENERATE, body);
  if (response === null) return "unsupported";
  return answerOf(engine, request, {
    body,
    prompt: { ids: prompt, text: promptText },
    generated: readGenerated(response, engine.badResponse),
  });
}

async function spliced(
  engine: ExactEngine,
  { ids, before }: ExactRequest,
  now: readonly number[],
): Promise<number[] | null> {
  const past = joinMembers([...rawMembers(before), ["add_generation_prompt", "false"]]);
  const rendered = await engine.post(RENDER, past);
  return rendered === null ? null : splice(ids, { before: readRendered(rendered, engine.badResponse).ids, now });
}

interface Turn {
  readonly body: string;
  readonly prompt: { readonly ids: readonly number[]; readonly text: string };
  readonly generated: Generated;
}

async function answerOf(engine: ExactEngine, request: ExactRequest, turn: Turn): Promise<ExactAnswer | NotExact> {
  const { body, prompt, generated } = turn;
  // What it had until then is no answer, and nothing at all cannot even be parsed.
  if (generated.isAborted) throw engine.aborted("the engine aborted the generation");
  const chat = await parsed(engine, request, turn);
  if (chat === null) return "unsupported";
  return { request: body, chat: withTokens(chat, prompt, generated), weightVersions: generated.weightVersions };
}

/** The answer as a Chat completion, parsed by the engine; null when it does not serve that. */
async function parsed(engine: ExactEngine, request: ExactRequest, { prompt, generated }: Turn): Promise<string | null> {
  if (generated.forParsing === null) return generated.silent;
  const derender = joinMembers([
    ["model", rawMembers(request.chat).get("model") ?? "null"],
    ["generate_response", generated.forParsing],
    ["prompt_tokens", String(prompt.ids.length)],
    ["chat_request", lastMessageOnly(request.chat)],
  ]);
  return engine.post(DERENDER, derender);
}

/** What an engine parses an answer by is beside the messages, which are large: the last one stands for all. */
function lastMessageOnly(chat: string): string {
  const members = rawMembers(chat);
  const messages = rawElements(members.get("messages") ?? "[]");
  return joinMembers(members.set("messages", joinElements(messages.slice(-1))));
}
