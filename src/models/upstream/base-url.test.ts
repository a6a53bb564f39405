import { expect, test } from "vitest";
import { parseBaseUrl } from "./base-url.ts";

test.each([
  ["http://host:8000", "/v1/responses"],
  ["http://host:8000/", "/v1/responses"],
  ["http://host:8000/v1", "/v1/responses"],
  ["http://host:8000/v1//", "/v1/responses"],
  ["http://host:8000/models/a", "/models/a/v1/responses"],
  ["https://host/v1beta/openai/", "/v1beta/openai/responses"],
  ["https://host/openai/v1?api-version=preview", "/openai/v1/responses?api-version=preview"],
])("%s", (url, path) => {
  expect(parseBaseUrl("m", url).route("/responses")).toBe(path);
});

test.each([
  ["http://host:8000", "/tokenize"],
  ["http://host:8000/v1", "/tokenize"],
  ["http://host:8000/models/a/v1?key=1", "/models/a/tokenize?key=1"],
])("%s, beside the version", (url, path) => {
  expect(parseBaseUrl("m", url).root("/tokenize")).toBe(path);
});

test("a path with a query keeps its own beside the URL's", () => {
  expect(parseBaseUrl("m", "http://host/?key=1").root("/pause?mode=keep")).toBe("/pause?mode=keep&key=1");
});

test.each(["", "host:8000", "ftp://host", "/v1"])("%j is refused", (url) => {
  expect(() => parseBaseUrl("policy", url)).toThrow(/models\.policy/);
});
