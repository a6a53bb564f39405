import { expect, test } from "vitest";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { servedAnthropic } from "./anthropic/served.ts";
import { servedChat } from "./chat/served.ts";
import { servedResponses } from "./responses/served.ts";

const model = { model: "policy", detail: "why" };
const invalid = new SandlotError("invalid_request", { fields: [{ field: "messages[0].role", problem: "is missing" }] });
const unknown = new SandlotError("unknown_model", { name: "gpt-9" });
const overflow = new SandlotError("context_overflow", { detail: "maximum context length is 8 tokens" });
const busy = new SandlotError("model_rate_limited", { ...model, retry_after: 1.2 });

test.each([
  [invalid, 400, "invalid_request_error", "messages[0].role", "invalid_request", "false"],
  [unknown, 404, "invalid_request_error", "model", "model_not_found", "false"],
  [overflow, 400, "invalid_request_error", null, "context_length_exceeded", "false"],
  [busy, 429, "rate_limit_error", null, "rate_limit_exceeded", "true"],
  [new SandlotError("model_rejected", model), 400, "invalid_request_error", null, "model_rejected", "false"],
  [new SandlotError("model_auth", model), 502, "server_error", null, "model_auth", "false"],
  [new SandlotError("model_aborted", model), 502, "server_error", null, "model_aborted", "true"],
  [new SandlotError("model_timeout", model), 504, "server_error", null, "model_timeout", "true"],
  [
    new SandlotError("unauthorized", { detail: "no key" }),
    401,
    "authentication_error",
    null,
    "invalid_api_key",
    "false",
  ],
])("OpenAI's form of %s", (error, status, type, param, code, retry) => {
  for (const dialect of [servedChat, servedResponses]) {
    const answer = dialect.failure(error);
    expect(answer).toMatchObject({ status, headers: { "x-should-retry": retry, "content-type": "application/json" } });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { type, param, code } });
  }
});

test.each([
  [invalid, 400, "invalid_request_error"],
  [unknown, 404, "not_found_error"],
  [busy, 429, "rate_limit_error"],
  [new SandlotError("queue_full", { resource: "calls", retry_after: 3 }), 503, "overloaded_error"],
  [new SandlotError("model_timeout", model), 504, "timeout_error"],
  [new SandlotError("model_bad_response", model), 502, "api_error"],
])("Anthropic's form of %s", (error, status, type) => {
  const answer = servedAnthropic.failure(error);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ type: "error", error: { type } });
});

test("how long to wait is told in whole seconds", () => {
  expect(servedChat.failure(busy).headers["retry-after"]).toBe("2");
  expect(servedChat.failure(unknown).headers).not.toHaveProperty("retry-after");
});

test("an overflow in the words that harnesses look for", () => {
  expect(servedAnthropic.failure(overflow).body).toContain('"prompt is too long: maximum context length is 8 tokens"');
  expect(servedChat.failure(overflow).body).toContain("context_length_exceeded");
});

test("what broke inside is not told", () => {
  const error = new SandlotError("internal", { detail: "/secret/path" });
  for (const dialect of [servedChat, servedResponses, servedAnthropic]) {
    expect(dialect.failure(error).body + dialect.streamFailure(error)).not.toContain("secret");
  }
});

test("a stream that failed ends as each dialect ends one", () => {
  expect(servedChat.streamFailure(busy)).toMatch(/^data: \{"error":\{"message":.*\}\}\n\ndata: \[DONE\]\n\n$/);
  expect(servedAnthropic.streamFailure(busy)).toMatch(
    /^event: error\ndata: \{"type":"error","error":\{"type":"rate_limit_error"/,
  );
  const [created, failed] = servedResponses.streamFailure(busy).split("\n\n");
  expect(created).toContain('"status":"in_progress"');
  expect(failed).toMatch(/^event: response\.failed\n.*"status":"failed","error":\{"code":"rate_limit_exceeded"/);
});
