import { describe, expect, it } from "vitest";
import { messageOf, SandlotError } from "./sandlot-error.ts";

describe("SandlotError", () => {
  it("reports code, message, context, hint and retry class", () => {
    const error = new SandlotError("invalid_row", { line: 3, fields: [{ field: "a.b", problem: "is missing" }] });
    expect(error.report()).toEqual({
      code: "invalid_row",
      message: "invalid row (line 3): a.b: is missing",
      context: { line: 3, fields: [{ field: "a.b", problem: "is missing" }] },
      hint: "Correct the row that is named, or leave it out.",
      retry: "never",
    });
    expect(error.status).toBe(400);
  });

  it("keeps coded errors and wraps the others with their cause", () => {
    const coded = new SandlotError("cancelled", { detail: "x" });
    expect(SandlotError.from(coded)).toBe(coded);
    const cause = new TypeError("boom");
    expect(SandlotError.from(cause)).toMatchObject({ code: "internal", cause });
  });

  it("finds the words of errors that have no message", () => {
    expect(messageOf(new AggregateError([new Error("a"), new Error("b")]))).toBe("a; b");
    expect(messageOf(Object.assign(new Error(""), { code: "ECONNREFUSED" }))).toBe("ECONNREFUSED");
    expect(messageOf("text")).toBe("text");
  });
});
