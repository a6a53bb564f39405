import { expect, test } from "vitest";
import { faultsOf } from "../dialects/fault.ts";
import { readRefusal } from "./refusal.ts";

const read = (status: number, body: unknown) =>
  readRefusal(status, typeof body === "string" ? body : JSON.stringify(body), null, faultsOf("policy", undefined));

test.each([
  [404, { detail: "Not Found" }],
  [404, "404 page not found"],
  [404, "<html>Cannot POST /v1/responses</html>"],
  [404, { error: { message: "Invalid URL (POST /v1/nope)", type: "invalid_request_error", param: null, code: null } }],
  [405, { detail: "Method Not Allowed" }],
  [501, ""],
])("%i %j is a missing route", (status, body) => {
  expect(read(status, body).kind).toBe("no_route");
});

test.each([
  ["The model `x` does not exist.", "model"],
  ["The model 'x' does not exist or you do not have access to it.", null],
  ["model 'x' not found, try pulling it first", null],
])("404 %j is a missing model", (message, param) => {
  expect(read(404, { error: { message, param, code: 404 } })).toMatchObject({ error: { code: "model_not_found" } });
});

test.each([
  "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
  "the request exceeds the available context size",
  "Your input exceeds the context window of this model.",
])("%j does not fit", (message) => {
  expect(read(400, { error: { message } }).kind).toBe("overflow");
});

test("a limit of tokens beyond the model is a mistake of the request", () => {
  const message = "max_tokens=5000 cannot be greater than max_model_len=2048.";
  expect(read(400, { error: { message, param: "max_tokens" } })).toMatchObject({
    error: { code: "model_rejected" },
    repeatable: false,
  });
});

test.each([
  [400, false],
  [401, false],
  [429, true],
  [500, true],
  [503, true],
  [507, false],
])("%i may be sent again: %s", (status, repeatable) => {
  expect(read(status, {})).toMatchObject({ repeatable });
});
