import { isJsonObject, type JsonObject } from "../../core/json/parse.ts";
import type { AnswerBook } from "./answer-book.ts";
import { chatBody, responsesBody } from "./bodies.ts";
import { textLength, userText } from "./prompt-text.ts";

export interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

/** An error in OpenAI's form. */
export function refuse(
  status: number,
  message: string,
  code: string | null = null,
  param: string | null = null,
): Reply {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return { status, body: { error: { message, type, param, code } } };
}

/** The list of the one model. */
export function modelsReply(model: string): Reply {
  return {
    status: 200,
    body: { object: "list", data: [{ id: model, object: "model", created: 0, owned_by: "sandlot" }] },
  };
}

/** Answers a generation request from the book; `created` in epoch seconds. */
export function generationReply(
  api: "responses" | "chat",
  text: string,
  model: string,
  book: AnswerBook,
  created: number,
): Reply {
  const request = parseOrNull(text);
  if (!isJsonObject(request)) return refuse(400, "The body is not a JSON object.", "invalid_json");
  if (request["stream"])
    return refuse(400, "The replay model answers whole: send stream: false.", "unsupported", "stream");
  if (request["model"] !== model) {
    return refuse(
      404,
      `The model ${JSON.stringify(request["model"])} does not exist; this server has ${model}.`,
      "model_not_found",
      "model",
    );
  }
  const field = api === "chat" ? "messages" : "input";
  const conversation = request[field];
  if (!Array.isArray(conversation) && typeof conversation !== "string")
    return refuse(400, `\`${field}\` is missing.`, "missing", field);
  const answer = book.next(userText(conversation));
  if (answer === null) {
    const message = "The replay model only replays recorded tasks, and there is no recording of this prompt.";
    return refuse(404, message, "no_recording", field);
  }
  const replayed = { model, text: answer, asked: textLength(conversation), created };
  return { status: 200, body: api === "chat" ? chatBody(replayed) : responsesBody(replayed) };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
