import { isJsonObject, parseJson } from "../../../src/core/json/parse.ts";
import { chatDialect } from "../../../src/models/dialects/chat/upstream.ts";
import { faultsOf } from "../../../src/models/dialects/fault.ts";
import {
  servedAnthropic,
  servedChat,
  servedResponses,
  type ServedDialect,
} from "../../../src/models/dialects/index.ts";
import { responsesDialect } from "../../../src/models/dialects/responses/upstream.ts";
import type { Dialect } from "../../../src/models/dialects/upstream-dialect.ts";
import { overflowReading } from "../../../src/models/client/overflow-answer.ts";
import type { ModelCall, ModelRequest } from "../../../src/models/port.ts";

export const fault = faultsOf("policy", undefined);

const SERVED = [servedResponses, servedChat, servedAnthropic];

/** The dialect of a path; undefined for other routes. */
export function servedAt(path: string): ServedDialect | undefined {
  return SERVED.find(({ route }) => path.endsWith(`/v1${route}`));
}

export function upstreamAt(path: string): Dialect {
  return path.endsWith("/responses") ? responsesDialect : chatDialect;
}

/** What goes to the endpoint, as JavaScript sees it. */
export function sentUpstream(path: string, request: ModelRequest, tokens = false): unknown {
  const settings = { model: "fake", tokens, extra: new Map<string, string>(), fault };
  return parseJson(upstreamAt(path).compose(request, settings)());
}

/** The call that the client makes of an endpoint's answer. */
export function callOf(path: string, request: ModelRequest, response: string, status = 200): ModelCall {
  const value = status === 200 ? parseJson(response) : null;
  const reading = isJsonObject(value) ? upstreamAt(path).read({ text: response, value }, request, fault) : null;
  const read = reading ?? overflowReading("fake", 0);
  return { request: "", response, status, ...read, startedAt: 0, durationMs: 0 };
}

/** A call that an endpoint answered with this Chat message. */
export function chatCall(message: object, choice: object = {}, body: object = {}, request?: ModelRequest): ModelCall {
  const answer = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 7,
    model: "fake",
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop", ...choice }],
    usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    ...body,
  };
  return callOf("/chat/completions", request ?? { params: new Map(), input: [] }, JSON.stringify(answer));
}
