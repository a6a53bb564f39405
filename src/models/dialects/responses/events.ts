import type { SandlotError } from "../../../core/errors/sandlot-error.ts";
import { joinMembers, rawElements } from "../../../core/json/raw.ts";
import { newId } from "../../../core/ids.ts";
import type { RawMembers } from "../inbound.ts";
import { toldError } from "../errors.ts";
import { rawText } from "../raw-values.ts";
import { sseEvent } from "../sse.ts";
import { itemEvents } from "./item-events.ts";

/** An event's type and its other members, raw. */
export type ResponseEvent = readonly [type: string, members: Iterable<readonly [string, string]>];

/** A Responses object as the whole stream of server-sent events that OpenAI's clients put together again. */
export function responseEvents(response: RawMembers): string {
  const started = joinMembers(inProgress(response));
  const events: ResponseEvent[] = [
    ["response.created", [["response", started]]],
    ["response.in_progress", [["response", started]]],
    ...rawElements(response.get("output") ?? "[]").flatMap(itemEvents),
    [endOf(response), [["response", joinMembers(response)]]],
  ];
  return numbered(events);
}

/** NeMo Gym's shorter form: each item at once when it is done. Its last event is `response.completed`, whatever the status. */
export function wholeItemEvents(response: RawMembers): string {
  const items = rawElements(response.get("output") ?? "[]").map((item, index): ResponseEvent => [
    "response.output_item.done",
    [
      ["output_index", String(index)],
      ["item", item],
    ],
  ]);
  return numbered([
    ["response.created", [["response", joinMembers(inProgress(response))]]],
    ...items,
    ["response.completed", [["response", joinMembers(response)]]],
  ]);
}

/** A stream that failed: a response without output, and why. Clients want `response.created` before anything else. */
export function failureEvents(error: SandlotError): string {
  const { code, message } = toldError(error);
  const members = new Map([
    ["id", JSON.stringify(newId("call").replace("call_", "resp_"))],
    ["object", '"response"'],
    ["created_at", "0"],
    ["model", '""'],
    ["status", '"failed"'],
    ["error", JSON.stringify({ code: code === "rate_limit_exceeded" ? code : "server_error", message })],
    ["output", "[]"],
    ["parallel_tool_calls", "true"],
    ["tool_choice", '"auto"'],
    ["tools", "[]"],
  ]);
  return numbered([
    ["response.created", [["response", joinMembers(inProgress(members))]]],
    ["response.failed", [["response", joinMembers(members)]]],
  ]);
}

function inProgress(response: RawMembers): Map<string, string> {
  const members = new Map(response).set("status", '"in_progress"').set("output", "[]");
  for (const key of ["usage", "incomplete_details", "error", "completed_at"]) {
    if (members.has(key)) members.set(key, "null");
  }
  return members;
}

function endOf(response: RawMembers): string {
  const status = rawText(response.get("status"));
  return status === "incomplete" || status === "failed" ? `response.${status}` : "response.completed";
}

function numbered(events: readonly ResponseEvent[]): string {
  return events
    .map(([type, members], number) => {
      const data = joinMembers([["type", JSON.stringify(type)], ["sequence_number", String(number)], ...members]);
      return sseEvent(type, data);
    })
    .join("");
}
