import { expect, test } from "vitest";
import { faultsOf } from "./fault.ts";

test("a key is cut out before the detail is shortened", () => {
  const fault = faultsOf("policy", "sk-secret");
  const error = fault("model_auth", `${"x".repeat(495)}sk-secret sk-secret`, { status: 401, retryAfter: null });
  expect(error.context).toEqual({ model: "policy", detail: `${"x".repeat(495)}[API…`, status: 401 });
});
