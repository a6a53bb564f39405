import { joinElements, joinMembers, rawMembers } from "../../../core/json/raw.ts";
import type { ModelCall, ModelRequest } from "../../port.ts";
import { given } from "../inbound.ts";
import { refuseOverflow } from "../overflow.ts";
import { isRawArray } from "../raw-values.ts";
import type { AnswerSettings } from "../served-dialect.ts";
import { onLastItem, tokenFieldsOf } from "../token-fields.ts";

/** Members of a request that its answer repeats. */
const ECHOED = (
  "instructions metadata parallel_tool_calls temperature tool_choice tools top_p background max_output_tokens " +
  "max_tool_calls previous_response_id prompt_cache_key reasoning safety_identifier service_tier store text top_logprobs " +
  "truncation user"
).split(" ");

/**
 * A Responses object as its members. What an endpoint answered by this API is handed on as it came; of another answer the
 * object is made, with what the request said repeated in it, as OpenAI and NeMo Gym do.
 */
export function responseMembers(call: ModelCall, request: ModelRequest, settings: AnswerSettings): Map<string, string> {
  refuseOverflow(call, settings);
  const members = ownMembers(call) ?? madeMembers(call, request);
  if (settings.model !== undefined) members.set("model", JSON.stringify(settings.model));
  const fields = settings.tokenFields ? tokenFieldsOf(call.tokens) : [];
  return fields.length === 0 ? members : members.set("output", joinElements(onLastItem(call.items, fields)));
}

/** The members of what the endpoint answered, where that is a Responses object. */
function ownMembers({ status, response }: ModelCall): Map<string, string> | null {
  if (status < 200 || status > 299) return null;
  const members = rawMembers(response);
  return isRawArray(members.get("output")) ? members : null;
}

function madeMembers(call: ModelCall, request: ModelRequest): Map<string, string> {
  const members = new Map<string, string>();
  for (const [key, value] of Object.entries(call.answer)) {
    // What is undefined has no JSON.
    if (value !== undefined) members.set(key, JSON.stringify(value));
  }
  members.set("error", "null");
  for (const key of ECHOED) {
    const said = given(request.params, key);
    if (said !== undefined) members.set(key, said);
    else if (!members.has(key)) members.set(key, "null");
  }
  return members.set("output", joinElements(call.items.length > 0 ? call.items : [emptyMessage(call.answer.id)]));
}

/** An answer without any item ends the loop of an agent of Gym as an error; one that says nothing ends it well. */
function emptyMessage(id: string): string {
  return joinMembers([
    ["id", JSON.stringify(`msg_${id}`)],
    ["type", '"message"'],
    ["role", '"assistant"'],
    ["status", '"completed"'],
    ["content", '[{"type":"output_text","text":"","annotations":[]}]'],
  ]);
}
