import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import type { Fault } from "../fault.ts";
import { gymMetadata } from "./gym-metadata.ts";
import { isRawObject, isRawString, rawText } from "../raw-values.ts";

type Raw = ReadonlyMap<string, string>;

/** Members of a Responses request that Chat has no word for and that change nothing in a single, stateless call. */
const LEFT_OUT: ReadonlySet<string> = new Set(
  (
    "input instructions text reasoning tools tool_choice parallel_tool_calls max_output_tokens " +
    "background include max_tool_calls metadata store truncation prompt_cache_retention"
  ).split(" "),
);

/** Members that mean state at the endpoint, which Chat does not have. */
const STATEFUL = ["previous_response_id", "conversation", "prompt"] as const;

/**
 * The members of a Chat request but `model`, `messages` and `stream`, from those of a Responses request. What is
 * not known here passes through as it is (`temperature`, `stop`, `chat_template_kwargs` …). Throws
 * `model_rejected` for what Chat can't express.
 *
 * The token limit goes out as `max_tokens`: every server knows it, and those of OpenAI that insist on
 * `max_completion_tokens` have the Responses API, which is preferred.
 */
export function chatParams(params: Raw, fault: Fault): Map<string, string> {
  const given = new Map([...params].filter(([key, value]) => value !== "null" || !NULL_MEANS_UNSET.has(key)));
  for (const key of STATEFUL) {
    if (given.has(key)) throw fault("model_rejected", `the Chat API has no \`${key}\``);
  }
  const own = [...given].filter(([key]) => !LEFT_OUT.has(key));
  const chat = new Map([...gymMetadata(given.get("metadata"), fault), ...own]);
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined && value !== "null") chat.set(key, value);
  };
  put("max_tokens", given.get("max_output_tokens"));
  const text = membersOf(given.get("text"));
  put("response_format", responseFormat(text.get("format")));
  put("verbosity", text.get("verbosity"));
  put("reasoning_effort", membersOf(given.get("reasoning")).get("effort"));
  const tools = chatTools(given.get("tools"), fault);
  if (tools.length > 0) {
    chat.set("tools", joinElements(tools));
    put("tool_choice", toolChoice(given.get("tool_choice")));
    put("parallel_tool_calls", given.get("parallel_tool_calls"));
  }
  return chat;
}

const NULL_MEANS_UNSET: ReadonlySet<string> = new Set([...LEFT_OUT, ...STATEFUL, "top_logprobs"]);

function responseFormat(format: string | undefined): string | undefined {
  const members = membersOf(format);
  if (rawText(members.get("type")) !== "json_schema") return format;
  members.delete("type");
  return joinMembers([
    ["type", '"json_schema"'],
    ["json_schema", joinMembers(members)],
  ]);
}

/** `strict` is left out, as Gym does: chat templates print what is given, and prompts are to be the same. */
function chatTools(tools: string | undefined, fault: Fault): string[] {
  if (tools === undefined) return [];
  return rawElements(tools).map((tool) => {
    const members = rawMembers(tool);
    const type = rawText(members.get("type"));
    if (type !== "function") throw fault("model_rejected", `the Chat API has no tool of the type ${type ?? "(none)"}`);
    if (isRawObject(members.get("function"))) return tool;
    members.delete("type");
    members.delete("strict");
    return joinMembers([
      ["type", '"function"'],
      ["function", joinMembers(members)],
    ]);
  });
}

function toolChoice(choice: string | undefined): string | undefined {
  const name = membersOf(choice).get("name");
  if (name === undefined || !isRawString(name)) return choice;
  return joinMembers([
    ["type", '"function"'],
    ["function", joinMembers([["name", name]])],
  ]);
}

function membersOf(raw: string | undefined): Map<string, string> {
  return raw !== undefined && isRawObject(raw) ? rawMembers(raw) : new Map<string, string>();
}
