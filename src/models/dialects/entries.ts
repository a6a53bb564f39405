import type { ModelRequest } from "../port.ts";

/** The conversation of a request, raw, as it is sent: messages where its caller wrote it for Chat, else items. */
export function entriesOf({ input, chat }: ModelRequest): readonly string[] {
  return chat?.messages ?? input;
}

/** The request with only some entries of its conversation, counted as by `Array.slice`. */
export function withEntries(request: ModelRequest, start: number, end?: number): ModelRequest {
  const { input, chat } = request;
  if (!chat) return { ...request, input: input.slice(start, end) };
  return { ...request, chat: { ...chat, messages: chat.messages.slice(start, end) } };
}
