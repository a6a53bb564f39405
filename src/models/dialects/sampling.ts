import type { ModelRequest } from "../port.ts";
import { chatParams } from "./chat/params.ts";
import type { Fault } from "./fault.ts";
import { badField, type RawMembers } from "./inbound.ts";

/**
 * The request with `sampling` in place of what its caller asked for, so that no harness samples off-policy. Members are those of
 * the Responses API, raw (`temperature`, `max_output_tokens` …), whichever API the request came by. Throws `invalid_request`.
 */
export function withSampling(request: ModelRequest, sampling: RawMembers): ModelRequest {
  const params = new Map([...request.params, ...sampling]);
  if (request.chat === undefined) return { ...request, params };
  const forced = chatParams(sampling, notSampling);
  const members = new Map([...request.chat.members, ...forced]);
  // Both mean the same limit, and servers take the newer name first.
  if (forced.has("max_tokens")) members.delete("max_completion_tokens");
  return { ...request, params, chat: { ...request.chat, members } };
}

const notSampling: Fault = (_code, detail) => badField("sampling", detail);
