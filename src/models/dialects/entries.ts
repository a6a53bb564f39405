import type { ModelRequest } from "../port.ts";

/** The conversation of a request, raw, as it is sent: messages where its caller wrote it for Chat, else items. */
export function entriesOf({ input, chat }: ModelRequest): readonly string[] {
  return chat?.messages ?? input;
}

/** The request with only the first entries of its conversation. */
export function withEntries(request: ModelRequest, count: number): ModelRequest {
  const { input, chat } = request;
  if (!chat) return { ...request, input: input.slice(0, count) };
  return { ...request, chat: { ...chat, messages: chat.messages.slice(0, count) } };
}
