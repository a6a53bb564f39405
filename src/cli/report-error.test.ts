import { expect, test } from "vitest";
import { errorLine } from "./report-error.ts";

test.each([
  ["not_found", "not found: kind job, id job_9", "not_found: kind job, id job_9"],
  ["invalid_row", "invalid row (line 3): a: is 2", "invalid_row (line 3): a: is 2"],
  ["unauthorized", "unauthorized", "unauthorized"],
  ["later", "of another server", "later: of another server"],
])("%s with %j is said once", (code, message, line) => {
  expect(errorLine(code, message)).toBe(line);
});
