import { joinElements, joinMembers } from "../../../core/json/raw.ts";
import type { ModelRequest } from "../../port.ts";
import { type ComposeSettings, type Dialect, withExtra } from "../upstream-dialect.ts";
import { chatMessages } from "./messages.ts";
import { chatParams } from "./params.ts";
import { readChatAnswer } from "./read-answer.ts";

/**
 * The Chat Completions API: a Responses request becomes messages, and the choice becomes a Responses object. A request that a
 * caller wrote for Chat goes out as it came.
 */
export const chatDialect: Dialect = {
  route: "/chat/completions",
  compose: (request, settings) => {
    const { extra, fault, model, tokens } = settings;
    const members = new Map([["model", JSON.stringify(model)]]);
    for (const [key, value] of withExtra(extra, request.chat?.members ?? chatParams(request.params, fault))) {
      members.set(key, value);
    }
    members.set("messages", messagesOf(request, settings));
    if (tokens) askForTokens(members);
    members.set("stream", "false");
    return () => joinMembers(members);
  },
  read: readChatAnswer,
};

function messagesOf(request: ModelRequest, { fault, tokens }: ComposeSettings): string {
  return joinElements(request.chat?.messages ?? chatMessages(request, fault, { tokenFields: tokens }));
}

/**
 * As Gym asks vLLM; `token_id:N` names are the ids of servers that lack `return_token_ids`. What a caller says about these
 * members is what it wants to see, and never costs us the tokens.
 */
function askForTokens(members: Map<string, string>): void {
  for (const key of ["logprobs", "return_tokens_as_token_ids", "return_token_ids"]) members.set(key, "true");
  // vLLM takes null here for a wish to have none.
  if ((members.get("top_logprobs") ?? "null") === "null") members.set("top_logprobs", "0");
}
