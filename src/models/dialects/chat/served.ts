import { joinMembers } from "../../../core/json/raw.ts";
import { errorAnswer } from "../errors.ts";
import {
  asItIs,
  badField,
  bodyMembers,
  flag,
  given,
  optionalText,
  ownMembers,
  type RawMembers,
  requiredList,
  requiredMembers,
} from "../inbound.ts";
import { openAiError } from "../openai-error.ts";
import type { ServedDialect } from "../served-dialect.ts";
import { SSE_COMMENT, sseEvent } from "../sse.ts";
import { CHAT_DONE, chatChunks } from "./chunks.ts";
import { chatCompletion, type WantedTokens } from "./completion.ts";
import { itemsOfMessages } from "./items.ts";
import { checkToolChoice } from "../tool-choice.ts";
import { responsesParams } from "./responses-params.ts";

/** `POST /chat/completions`, with vLLM's own parameters. */
export const servedChat: ServedDialect = {
  route: "/chat/completions",
  read: (body, own = asItIs) => {
    const members = bodyMembers(body);
    // The calls of a rollout are a tree, and each is one generation with its own tokens.
    if ((given(members, "n") ?? "1") !== "1") throw badField("n", "must be 1");
    const stream = flag(members, "stream");
    const includeUsage = stream && flag(streamOptions(members), "include_usage");
    const wanted = wantedTokens(members);
    const messages = requiredList(members.get("messages"), "messages").map(own);
    // For what it refuses: an endpoint of Chat gets the messages themselves.
    itemsOfMessages(messages);
    const chat = { members: ownMembers(members, ELSEWHERE, own), messages };
    const params = responsesParams(chat.members);
    checkToolChoice(params);
    return {
      request: { params, input: [], chat },
      model: optionalText(members, "model"),
      stream,
      body: (call, settings = {}) => joinMembers(chatCompletion(call, wanted, settings)),
      events: (call, settings = {}) => chatChunks(chatCompletion(call, wanted, settings), includeUsage),
    };
  },
  failure: (error) => errorAnswer(error, openAiError(error)),
  streamFailure: (error) => sseEvent(null, JSON.stringify(openAiError(error))) + CHAT_DONE,
  keepAlive: SSE_COMMENT,
};

const ELSEWHERE: ReadonlySet<string> = new Set(["messages", "model", "stream", "stream_options"]);

function streamOptions(members: RawMembers): RawMembers {
  const raw = given(members, "stream_options");
  return raw === undefined ? new Map() : requiredMembers(raw, "stream_options");
}

function wantedTokens(members: RawMembers): WantedTokens {
  const [logprobs, asIds, ids] = ["logprobs", "return_tokens_as_token_ids", "return_token_ids"].map((key) =>
    flag(members, key),
  );
  return { logprobs: logprobs === true, asIds: asIds === true, ids: ids === true };
}
