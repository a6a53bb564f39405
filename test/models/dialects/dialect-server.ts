import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { AnswerSettings } from "../../../src/models/dialects/index.ts";
import { type ScriptedEndpoint, startEndpoint } from "../scripted-endpoint.ts";
import { callOf, chatCall, servedAt } from "./support.ts";

const TOOL_CALLS = [
  { id: "c1", type: "function", function: { name: "add", arguments: '{"a": 17}' } },
  { id: "c2", type: "function", function: { name: "add", arguments: '{"a": 25}' } },
];

/** Calls by the name of the model that is asked for. */
const CALLS = new Map([
  ["fine", chatCall({ content: "añ😀", reasoning: "hm" })],
  ["tools", chatCall({ content: "look", reasoning: "hm", tool_calls: TOOL_CALLS }, { finish_reason: "tool_calls" })],
  ["long", chatCall({ content: "and so o" }, { finish_reason: "length" })],
  ["filtered", chatCall({ content: "", refusal: "no" }, { finish_reason: "content_filter" })],
  [
    "ids",
    chatCall(
      { content: "hi" },
      {
        token_ids: [7],
        logprobs: { content: [{ token: "token_id:7", logprob: -0.5, bytes: [104], top_logprobs: [] }] },
      },
      { prompt_token_ids: [1, 2] },
    ),
  ],
  [
    "full",
    callOf(
      "/chat/completions",
      { params: new Map(), input: [] },
      '{"error":{"message":"maximum context length is 8"}}',
      400,
    ),
  ],
]);

/**
 * A real server that answers in the dialect of each path. The model `busy` fails before its answer, and `breaking` in its midst.
 * Requests that it sees are counted: clients send again on their own.
 */
export function startDialectServer(settings: AnswerSettings = {}): Promise<ScriptedEndpoint> {
  return startEndpoint(({ path, body }, response) => {
    const dialect = servedAt(path);
    if (!dialect) return void response.writeHead(404).end();
    try {
      const asked = dialect.read(body);
      const call = CALLS.get(asked.model ?? "");
      if (asked.stream && asked.model === "breaking") {
        response.writeHead(200, { "content-type": "text/event-stream" }).write(dialect.keepAlive);
        return void response.end(
          dialect.streamFailure(new SandlotError("model_aborted", { model: "m", detail: "gone" })),
        );
      }
      if (asked.model === "busy") throw new SandlotError("model_rejected", { model: "m", detail: "no" });
      if (!call) throw new SandlotError("unknown_model", { name: asked.model ?? "" });
      const text = asked.stream ? asked.events(call, settings) : asked.body(call, settings);
      response.writeHead(200, { "content-type": asked.stream ? "text/event-stream" : "application/json" });
      if (asked.stream) response.write(dialect.keepAlive);
      response.end(text);
    } catch (error) {
      const { status, headers, body: told } = dialect.failure(SandlotError.from(error));
      response.writeHead(status, headers).end(told);
    }
  });
}
