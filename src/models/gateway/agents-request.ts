import type { ModelRequest } from "../port.ts";

/**
 * Members that steer the engine and not the answer: whom it asks for cached blocks, who goes first, which template it takes.
 * They are the operator's, never an agent's.
 */
const OPERATORS_MEMBERS = [
  "kv_transfer_params",
  "ec_transfer_params",
  "vllm_xargs",
  "priority",
  "cache_salt",
  "request_id",
  "chat_template",
  "mm_processor_kwargs",
] as const;

/** A request as an agent may make it: what is not its business is left out. */
export function agentsRequest(request: ModelRequest): ModelRequest {
  const params = without(request.params);
  const { chat } = request;
  return chat ? { ...request, params, chat: { ...chat, members: without(chat.members) } } : { ...request, params };
}

function without(members: ReadonlyMap<string, string>): Map<string, string> {
  const left = new Map(members);
  for (const name of OPERATORS_MEMBERS) left.delete(name);
  return left;
}
