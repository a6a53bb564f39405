import { expect, test } from "vitest";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { exitCodeOf } from "./exit-codes.ts";

const detail = { detail: "d" };

test.each([
  [new SandlotError("invalid_row", { line: 3, fields: [] }), 2],
  [new SandlotError("not_found", { kind: "job", id: "x" }), 2],
  [new SandlotError("invalid_config", { source: "sandlot.yaml:3", fields: [] }), 2],
  [new SandlotError("server_unreachable", { url: "http://h", detail: "d" }), 4],
  [new SandlotError("provider_unavailable", { provider: "auto", detail: "d" }), 4],
  [new SandlotError("database_unavailable", detail), 4],
  [new SandlotError("data_dir_locked", { directory: "/d", pid: 1 }), 4],
  [new SandlotError("deadline_exceeded", { waiting_for: "x" }), 4],
  [new SandlotError("cancelled", detail), 130],
  [new SandlotError("internal", detail), 1],
  [new SandlotError("verifier_failed", detail), 1],
])("%s", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
