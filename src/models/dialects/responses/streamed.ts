import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { rawMembers } from "../../../core/json/raw.ts";
import { readErrorBody } from "../error-body.ts";
import type { Fault } from "../fault.ts";
import { type StreamedAnswer, streamedAnswer } from "../streamed-answer.ts";

/**
 * Waits for the last event of a Responses stream, which has the whole answer: the object that the endpoint would have answered
 * unstreamed. One that failed is an answer, too.
 */
export function streamedResponse(fault: Fault): StreamedAnswer {
  let events = 0;
  let last: string | null = null;
  const add = (data: string) => {
    // Some gateways end every stream as Chat's are ended.
    if (data === "[DONE]") return;
    if (last !== null) throw fault("model_bad_response", "the stream is broken: it goes on after its last event");
    const event = eventOf(data, fault);
    events++;
    if (event["type"] === "error" || (event["type"] === undefined && event["error"] !== undefined)) {
      throw fault("model_server_error", readErrorBody(data).message);
    }
    if (ENDS.has(event["type"]) && isJsonObject(event["response"])) last = rawMembers(data).get("response") ?? null;
  };
  const end = () => {
    if (last !== null) return last;
    throw fault("model_unreachable", `the stream broke off after ${events} events, without its last`);
  };
  return streamedAnswer({ add, end }, fault);
}

const ENDS: ReadonlySet<unknown> = new Set(["response.completed", "response.incomplete", "response.failed"]);

function eventOf(data: string, fault: Fault): JsonObject {
  let value: unknown = null;
  try {
    value = JSON.parse(data);
  } catch {
    // Told below, like what is JSON and no object.
  }
  if (isJsonObject(value)) return value;
  throw fault("model_bad_response", `an event of the stream is no JSON object: ${data.slice(0, 200)}`);
}
