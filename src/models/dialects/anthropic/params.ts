import { joinElements, joinMembers } from "../../../core/json/raw.ts";
import {
  badField,
  given,
  optionalText,
  type RawMembers,
  requiredList,
  requiredMembers,
  requiredString,
} from "../inbound.ts";
import { rawText } from "../raw-values.ts";
import { joinedTexts } from "./blocks.ts";

/** Members that mean the same in Responses, or that vLLM takes beside those of OpenAI. */
const SAME = ["temperature", "top_p", "top_k"] as const;

/**
 * The params of a Responses request for an Anthropic one. Left out is what has no meaning for a model of our own: `thinking`,
 * `metadata`, `service_tier`, cache control. Throws `invalid_request`.
 */
export function responsesParams(members: RawMembers): Map<string, string> {
  const params = new Map<string, string>();
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined) params.set(key, value);
  };
  const system = given(members, "system");
  put("instructions", system === undefined ? undefined : joinedTexts(system, "system"));
  put("max_output_tokens", given(members, "max_tokens"));
  for (const key of SAME) put(key, given(members, key));
  put("stop", given(members, "stop_sequences"));
  const tools = given(members, "tools");
  if (tools !== undefined) params.set("tools", joinElements(requiredList(tools, "tools").map(functionTool)));
  putChoice(params, given(members, "tool_choice"));
  putOutput(params, given(members, "output_config"));
  return params;
}

function functionTool(raw: string, at: number): string {
  const tool = requiredMembers(raw, `tools[${at}]`);
  const type = optionalText(tool, "type", `tools[${at}].type`) ?? "custom";
  if (type !== "custom") throw badField(`tools[${at}].type`, "must be custom: the server runs no tools of its own");
  const description = given(tool, "description");
  return joinMembers([
    ["type", '"function"'],
    ["name", requiredString(tool.get("name"), `tools[${at}].name`)],
    ...(description === undefined ? [] : [["description", description] as const]),
    ["parameters", joinMembers(requiredMembers(tool.get("input_schema"), `tools[${at}].input_schema`))],
    ["strict", given(tool, "strict") ?? "false"],
  ]);
}

const CHOICES: ReadonlyMap<string, string> = new Map([
  ["auto", '"auto"'],
  ["none", '"none"'],
  ["any", '"required"'],
]);

function putChoice(params: Map<string, string>, raw: string | undefined): void {
  if (raw === undefined) return;
  const choice = requiredMembers(raw, "tool_choice");
  const type = rawText(choice.get("type")) ?? "";
  const named = joinMembers([
    ["type", '"function"'],
    ["name", choice.get("name") ?? '""'],
  ]);
  const value = type === "tool" ? named : CHOICES.get(type);
  if (value === undefined) throw badField("tool_choice.type", "must be auto, any, tool or none");
  params.set("tool_choice", value);
  if (choice.get("disable_parallel_tool_use") === "true") params.set("parallel_tool_calls", "false");
}

function putOutput(params: Map<string, string>, raw: string | undefined): void {
  if (raw === undefined) return;
  const output = requiredMembers(raw, "output_config");
  const effort = given(output, "effort");
  if (effort !== undefined) params.set("reasoning", joinMembers([["effort", effort]]));
  const format = given(output, "format");
  if (format === undefined) return;
  const schema = requiredMembers(format, "output_config.format").get("schema");
  const wanted = joinMembers([
    ["type", '"json_schema"'],
    ["name", '"answer"'],
    ["schema", joinMembers(requiredMembers(schema, "output_config.format.schema"))],
    ["strict", "true"],
  ]);
  params.set("text", joinMembers([["format", wanted]]));
}
