import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import type { ModelCall } from "../../port.ts";
import { refuseOverflow } from "../overflow.ts";
import { isRawArray, isRawObject } from "../raw-values.ts";
import type { AnswerSettings } from "../served-dialect.ts";
import { tokenFieldsOf } from "../token-fields.ts";
import { REASONING, reasoningOf } from "./assistant-turn.ts";
import { completionOfItems } from "./completion-of-items.ts";
import { withTokenTexts } from "./token-texts.ts";

/** What a caller of the Chat API wants to see of the tokens; vLLM's own parameters beside OpenAI's. */
export interface WantedTokens {
  /** `logprobs` */
  readonly logprobs: boolean;
  /** `return_tokens_as_token_ids`: tokens in log-probs are written `token_id:N`. */
  readonly asIds: boolean;
  /** `return_token_ids` */
  readonly ids: boolean;
}

/**
 * A Chat completion as the members of its body. What an endpoint answered in Chat is handed on as it came, but for the tokens
 * that only we had asked for; what came by Responses is put into Chat's words.
 *
 * Reasoning stands under both of its names: each client finds its own and gives it back.
 */
export function chatCompletion(call: ModelCall, wanted: WantedTokens, settings: AnswerSettings): Map<string, string> {
  refuseOverflow(call, settings);
  const body = chatBody(call) ?? completionOfItems(call);
  if (settings.model !== undefined) body.set("model", JSON.stringify(settings.model));
  if (!wanted.ids) hide(body, "prompt_token_ids");
  const choices = rawElements(body.get("choices") ?? "[]").map((choice) => {
    const members = rawMembers(choice);
    if (!wanted.ids) hide(members, "token_ids");
    const logprobs = members.get("logprobs");
    if (!wanted.logprobs) hide(members, "logprobs");
    else if (!wanted.asIds && isRawObject(logprobs)) members.set("logprobs", withTokenTexts(logprobs));
    members.set("message", messageOf(members.get("message") ?? "{}", call, settings));
    return joinMembers(members);
  });
  return body.set("choices", joinElements(choices));
}

/** The members of what the endpoint answered, where that is a Chat completion. */
function chatBody({ status, response }: ModelCall): Map<string, string> | null {
  if (status < 200 || status > 299) return null;
  const members = rawMembers(response);
  return isRawArray(members.get("choices")) ? members : null;
}

/** As vLLM answers who did not ask. */
function hide(members: Map<string, string>, key: string): void {
  if (members.has(key)) members.set(key, "null");
}

function messageOf(raw: string, call: ModelCall, settings: AnswerSettings): string {
  const message = rawMembers(raw);
  const reasoning = reasoningOf(message);
  if (reasoning !== undefined) for (const key of REASONING) message.set(key, reasoning);
  if (settings.tokenFields) for (const [key, value] of tokenFieldsOf(call.tokens)) message.set(key, value);
  return joinMembers(message);
}
