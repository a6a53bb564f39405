import { joinElements, joinMembers } from "../../../core/json/raw.ts";
import { readChatAnswer } from "./read-answer.ts";
import { chatMessages } from "./messages.ts";
import { chatParams } from "./params.ts";
import { type Dialect, withExtra } from "../upstream-dialect.ts";

/** The Chat Completions API: a Responses request becomes messages, and the choice becomes a Responses object. */
export const chatDialect: Dialect = {
  route: "/chat/completions",
  compose: (request, settings) => {
    const { extra, fault, model, tokens } = settings;
    const members = new Map([["model", JSON.stringify(model)]]);
    for (const [key, value] of withExtra(extra, chatParams(request.params, fault))) members.set(key, value);
    members.set("messages", joinElements(chatMessages(request, fault)));
    if (tokens) for (const [key, value] of TOKEN_FIELDS) if (!isSet(members, key)) members.set(key, value);
    members.set("stream", "false");
    return joinMembers(members);
  },
  read: readChatAnswer,
};

/** As Gym asks vLLM; `token_id:N` names are the ids of servers that lack `return_token_ids`. */
const TOKEN_FIELDS = [
  ["logprobs", "true"],
  ["top_logprobs", "0"],
  ["return_tokens_as_token_ids", "true"],
  ["return_token_ids", "true"],
] as const;

function isSet(members: ReadonlyMap<string, string>, key: string): boolean {
  return (members.get(key) ?? "null") !== "null";
}
