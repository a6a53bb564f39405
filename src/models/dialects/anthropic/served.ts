import { parseJson } from "../../../core/json/parse.ts";
import { errorAnswer, toldError } from "../errors.ts";
import { SandlotError } from "../../../core/errors/sandlot-error.ts";
import { asItIs, badField, bodyMembers, flag, given, optionalText, ownMembers, type RawMembers } from "../inbound.ts";
import type { ServedDialect } from "../served-dialect.ts";
import { event, messageEvents } from "./events.ts";
import { itemsOfMessages } from "./items.ts";
import { anthropicMessage, messageBody } from "./message.ts";
import { checkToolChoice } from "../tool-choice.ts";
import { responsesParams } from "./params.ts";

/** `POST /messages`. */
export const servedAnthropic: ServedDialect = {
  route: "/messages",
  read: (body, own = asItIs) => {
    const members = bodyMembers(body);
    const stopSequences = stopSequencesOf(members);
    const params = responsesParams(members);
    checkToolChoice(params);
    return {
      request: {
        params: ownMembers(params, NOTHING, own),
        input: itemsOfMessages(members.get("messages")).map(own),
      },
      model: optionalText(members, "model"),
      stream: flag(members, "stream"),
      body: (call, settings = {}) => messageBody(anthropicMessage(call, stopSequences, settings)),
      events: (call, settings = {}) => messageEvents(anthropicMessage(call, stopSequences, settings)),
    };
  },
  failure: (error) => errorAnswer(error, { type: "error", error: anthropicError(error) }),
  streamFailure: (error) => event("error", [["error", JSON.stringify(anthropicError(error))]]),
  keepAlive: event("ping", []),
};

const NOTHING: ReadonlySet<string> = new Set();

function stopSequencesOf(members: RawMembers): string[] {
  const value = parseJson(given(members, "stop_sequences") ?? "[]");
  if (!Array.isArray(value)) throw badField("stop_sequences", "must be a list of strings");
  const sequences: unknown[] = value;
  return sequences.map((sequence, at) => {
    if (typeof sequence !== "string") throw badField(`stop_sequences[${at}]`, "must be a string");
    return sequence;
  });
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [503, "overloaded_error"],
  [504, "timeout_error"],
]);

function anthropicError(error: SandlotError): { readonly type: string; readonly message: string } {
  const { status, message } = toldError(error);
  const type = TYPES.get(status) ?? (status < 500 ? "invalid_request_error" : "api_error");
  // Harnesses know an overflow by these words alone: this API has no code for it.
  const overflow = SandlotError.is(error, "context_overflow");
  return { type, message: overflow ? `prompt is too long: ${error.context.detail}` : message };
}
