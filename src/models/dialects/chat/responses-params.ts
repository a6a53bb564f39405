import { joinElements, joinMembers } from "../../../core/json/raw.ts";
import { badField, flag, given, type RawMembers, requiredList, requiredMembers } from "../inbound.ts";
import { isRawObject, rawText } from "../raw-values.ts";

/** Members of a Chat request that have another name or form in Responses, or say only how to answer. */
const OTHER_WORDS: ReadonlySet<string> = new Set(
  (
    "model messages stream stream_options n max_tokens max_completion_tokens response_format verbosity " +
    "reasoning_effort tools tool_choice logprobs top_logprobs return_token_ids return_tokens_as_token_ids"
  ).split(" "),
);

/** Replaced by `tools` in 2023; NeMo Gym refuses them, too. */
const OUTDATED = ["functions", "function_call"] as const;

/**
 * The params of a Responses request for the members of a Chat request: what `chatParams` does, the other way. What is not
 * known here passes through as it is. Throws `invalid_request`.
 */
export function responsesParams(chat: RawMembers): Map<string, string> {
  for (const key of OUTDATED) {
    if (given(chat, key) !== undefined) throw badField(key, "is not served; use tools and tool_choice");
  }
  const params = new Map([...chat].filter(([key]) => !OTHER_WORDS.has(key)));
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined) params.set(key, value);
  };
  put("max_output_tokens", given(chat, "max_completion_tokens") ?? given(chat, "max_tokens"));
  put("text", textSettings(chat));
  const effort = given(chat, "reasoning_effort");
  if (effort !== undefined) params.set("reasoning", joinMembers([["effort", effort]]));
  const tools = given(chat, "tools");
  if (tools !== undefined) params.set("tools", joinElements(requiredList(tools, "tools").map(flatTool)));
  put("tool_choice", flatChoice(given(chat, "tool_choice")));
  if (flag(chat, "logprobs")) {
    params.set("include", '["message.output_text.logprobs"]');
    put("top_logprobs", given(chat, "top_logprobs"));
  }
  return params;
}

function textSettings(chat: RawMembers): string | undefined {
  const settings: [string, string][] = [];
  const format = given(chat, "response_format");
  if (format !== undefined) settings.push(["format", flatFormat(format)]);
  const verbosity = given(chat, "verbosity");
  if (verbosity !== undefined) settings.push(["verbosity", verbosity]);
  return settings.length > 0 ? joinMembers(settings) : undefined;
}

function flatFormat(format: string): string {
  const members = requiredMembers(format, "response_format");
  if (rawText(members.get("type")) !== "json_schema") return format;
  const schema = requiredMembers(members.get("json_schema"), "response_format.json_schema");
  return joinMembers([["type", '"json_schema"'], ...schema]);
}

function flatTool(raw: string, at: number): string {
  const field = `tools[${at}]`;
  const tool = requiredMembers(raw, field);
  if (rawText(tool.get("type")) !== "function") throw badField(`${field}.type`, "must be function");
  return joinMembers([["type", '"function"'], ...requiredMembers(tool.get("function"), `${field}.function`)]);
}

function flatChoice(choice: string | undefined): string | undefined {
  if (!isRawObject(choice)) return choice;
  const members = requiredMembers(choice, "tool_choice");
  if (!members.has("function")) return choice;
  return joinMembers([["type", '"function"'], ...requiredMembers(members.get("function"), "tool_choice.function")]);
}
