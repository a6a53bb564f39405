import { expect, test } from "vitest";
import { modelsUrl } from "./model-endpoint.ts";

test.each([
  ["http://h:8000", "http://h:8000/v1/models"],
  ["http://h:8000/v1/", "http://h:8000/v1/models"],
  ["https://h/openai/v1?api-version=p", "https://h/openai/v1/models?api-version=p"],
  ["https://h/v1beta/openai", "https://h/v1beta/openai/models"],
])("%s", (url, models) => {
  expect(modelsUrl(url)).toBe(models);
});
