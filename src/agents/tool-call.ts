import { FunctionCallItem } from "../contract/responses.ts";
import type { CallContext } from "../core/context.ts";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { parseJson } from "../core/json/parse.ts";
import { joinMembers, rawMembers } from "../core/json/raw.ts";
import type { ModelCall } from "../models/port.ts";
import type { Resource, SessionToken } from "../resources/port.ts";

/** A function call of a model's answer. */
export interface ToolCall {
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
  /** The call's id as raw JSON text. */
  readonly rawId: string;
}

/** The function calls of an answer, in order. Throws `model_bad_response` for one without id, name or arguments. */
export function toolCallsOf(call: ModelCall, model: string): ToolCall[] {
  return call.answer.output.flatMap((item, index) => {
    if (item.type !== "function_call") return [];
    const read = FunctionCallItem.safeParse(item);
    const rawId = rawMembers(call.items[index] ?? "{}").get("call_id");
    if (!read.success || rawId === undefined) {
      throw new SandlotError("model_bad_response", {
        model,
        detail: "a function call lacks its call_id, name or arguments",
      });
    }
    return [{ name: read.data.name, arguments: read.data.arguments, rawId }];
  });
}

/**
 * The text the model gets for a call. Calls of tools the row does not declare, and calls whose arguments are not
 * JSON, reach no tool: their text says why.
 */
export async function callTool(
  ctx: CallContext,
  session: { readonly resource: Resource; readonly token: SessionToken },
  declared: ReadonlySet<string>,
  call: ToolCall,
): Promise<string> {
  if (!declared.has(call.name)) {
    const known = declared.size > 0 ? `the tools are: ${[...declared].join(", ")}` : "there are no tools";
    return JSON.stringify({ error: `Tool ${JSON.stringify(call.name)} is not declared; ${known}.` });
  }
  try {
    parseJson(call.arguments);
  } catch (error) {
    const reason = SandlotError.is(error, "invalid_json") ? error.context.detail : messageOf(error);
    return JSON.stringify({ error: `Invalid tool call arguments: ${reason}` });
  }
  return session.resource.call(ctx, session.token, call.name, call.arguments);
}

/** The item that hands a tool's text to the model. */
export function toolResultItem(call: ToolCall, output: string): string {
  return joinMembers([
    ["type", '"function_call_output"'],
    ["call_id", call.rawId],
    ["output", JSON.stringify(output)],
  ]);
}
