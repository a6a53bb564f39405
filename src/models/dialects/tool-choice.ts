import { badField, given, type RawMembers } from "./inbound.ts";
import { isRawObject, rawText } from "./raw-values.ts";
import { rawElements, rawMembers } from "../../core/json/raw.ts";

/**
 * Refuses a choice that wants a call where no tool is declared: a server of Chat would never hear of it, and answer with text. `params`
 * are those of a Responses request. Throws `invalid_request`.
 */
export function checkToolChoice(params: RawMembers): void {
  const choice = given(params, "tool_choice");
  if (choice === undefined || rawElements(given(params, "tools") ?? "[]").length > 0) return;
  const wanted = isRawObject(choice) ? rawText(rawMembers(choice).get("type")) : rawText(choice);
  if (wanted === "required" || wanted === "function")
    throw badField("tool_choice", "wants a tool to be called, and there are no tools");
}
