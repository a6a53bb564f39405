import { chatPrompt, templateOptions, toolsOf } from "../calls/chat-call.ts";
import { checkTokens } from "../calls/plain-call.ts";
import { chatMessage } from "../text/messages.ts";
import { bytesOf, decode, encode } from "../text/tokenizer.ts";
import { checkModel } from "../calls/check-model.ts";
import type { Exchange } from "../http/exchange.ts";
import { Fields } from "../http/fields.ts";

/** `POST /tokenize`: of a text, or of a chat as the template renders it. */
export function tokenize(exchange: Exchange): void {
  const fields = new Fields(exchange.object());
  const messages = fields.objects("messages");
  if (!messages) fields.require("prompt");
  const prompt = fields.text("prompt");
  const tools = toolsOf(fields.objects("tools") ?? []);
  const template = templateOptions(fields, fields.object("chat_template_kwargs") ?? {});
  const strings = fields.boolean("return_token_strs") ?? false;
  const model = fields.text("model");
  fields.check();
  checkModel(exchange.replica, model);
  const tokens = messages
    ? chatPrompt({ messages: messages.map(chatMessage), tools }, template).prompt
    : encode(prompt ?? "");
  exchange.json(200, {
    count: tokens.length,
    max_model_len: exchange.replica.settings.maxModelLength,
    tokens,
    token_strs: strings ? tokens.map(tokenString) : null,
  });
}

/** `POST /detokenize` */
export function detokenize(exchange: Exchange): void {
  const fields = new Fields(exchange.object());
  fields.require("tokens");
  const tokens = fields.list("tokens") ?? [];
  const model = fields.text("model");
  fields.check();
  checkModel(exchange.replica, model);
  exchange.json(200, { prompt: decode(checkTokens(tokens)) });
}

/** A token as byte-level vocabularies write it: bytes that are not printable stand for others, a space is `Ġ`. */
function tokenString(token: number): string {
  return Array.from(bytesOf(token), (byte) => PRINTED[byte] ?? "").join("");
}

/** GPT-2's table of bytes. */
const PRINTED: readonly string[] = (() => {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
})();
