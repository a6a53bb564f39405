import { describe, expect, it } from "vitest";
import { ERROR_FACTS, type ErrorCode } from "./errors/codes.ts";
import { SandlotError } from "./errors/sandlot-error.ts";
import { masked, OUTCOME_CLASS, outcomeOfError, scored, truncated } from "./outcome.ts";
import { DEFAULT_RETRY_POLICY, retryDelay } from "./retry-policy.ts";

describe("judgements", () => {
  it("carry a reward only when a verifier spoke or the job gave one", () => {
    expect(scored(0)).toEqual({ outcome: "scored", reward: 0, masked: false, truncated_by: null });
    expect(truncated("length", 0.5, "score")).toEqual({
      outcome: "truncated",
      reward: 0.5,
      masked: false,
      truncated_by: "length",
    });
    expect(truncated("length", null, "score")).toEqual({
      outcome: "truncated",
      reward: null,
      masked: true,
      truncated_by: "length",
    });
    expect(truncated("time", 1, "mask")).toMatchObject({ reward: null, masked: true });
    expect(truncated("turns", null, { value: -1 })).toMatchObject({ reward: -1, masked: false });
    expect(masked("sandbox_error")).toEqual({
      outcome: "sandbox_error",
      reward: null,
      masked: true,
      truncated_by: null,
    });
  });

  it("refuse rewards that are not finite", () => {
    expect(() => scored(NaN)).toThrow(RangeError);
    expect(() => truncated("time", null, { value: Infinity })).toThrow(RangeError);
  });

  it("never follow from an error as scored or truncated", () => {
    for (const code of Object.keys(ERROR_FACTS) as ErrorCode[]) {
      const error = new SandlotError(code as "internal", { detail: "x" });
      expect(OUTCOME_CLASS[outcomeOfError(error)], code).toBe("masked");
    }
  });
});

describe("retries", () => {
  it("wait longer each time, within bounds, and end", () => {
    const error = new SandlotError("sandbox_lost", { sandbox_id: "x", cause: "killed", detail: "" });
    const delays = [1, 2, 3, 4, 5, 6].map((attempt) =>
      retryDelay(DEFAULT_RETRY_POLICY, "sandbox_error", error, attempt, 1),
    );
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, null]);
    expect(retryDelay(DEFAULT_RETRY_POLICY, "sandbox_error", error, 1, 0)).toBe(250);
  });

  it("are not made for what fails again, nor for judgements that stand", () => {
    const refused = new SandlotError("model_auth", { model: "m", detail: "401" });
    expect(retryDelay(DEFAULT_RETRY_POLICY, "model_error", refused, 1, 0)).toBeNull();
    expect(retryDelay(DEFAULT_RETRY_POLICY, "scored", null, 1, 0)).toBeNull();
    expect(retryDelay(DEFAULT_RETRY_POLICY, "cancelled", null, 1, 0)).toBeNull();
  });
});
