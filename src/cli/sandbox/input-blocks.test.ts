import { expect, test } from "vitest";
import type { CallView } from "../../contract/sessions.ts";
import { breaksOff, needsMore } from "./input-blocks.ts";

test.each([
  ["python", "x = 1", false],
  ["python", "for i in x:", true],
  ["python", "for i in x: # each", true],
  ["python", "for i in x:\n  y", true],
  ["python", "for i in x:\n  y\n", false],
  ["python", "@dec", true],
  ["python", "while True: pass", false],
  ["python", "d = {1: 2}", false],
  ["python", "x = 1 + \\", true],
  ["bash", "echo a", false],
  ["bash", "echo a \\", true],
  ["bash", "cat <<EOF", true],
  ["bash", "cat <<-'EOF' | sort\na", true],
  ["bash", "cat <<EOF\na\nEOF", false],
  ["bash", "cat <<< EOF", false],
  ["bash", "case x:", false],
])("%s: %j needs more: %s", (language, text, expected) => {
  expect(needsMore(language, text)).toBe(expected);
});

test("what breaks off is told by the error, until two empty lines end it", () => {
  const reply = (error: CallView["error"], stderr = ""): CallView => ({
    status: "error",
    value: null,
    error,
    exit_code: null,
    signal: null,
    limit: null,
    stdout: { text: "", bytes: 0, dropped_bytes: 0 },
    stderr: { text: stderr, bytes: 0, dropped_bytes: 0 },
    times: { queue_ms: 0, wall_ms: 0, cpu_ms: 0 },
    memory_peak_bytes: 0,
  });
  const syntax = (message: string) => reply({ name: "SyntaxError", message, traceback: "" });
  expect(breaksOff("f(", syntax("'(' was never closed (<call 1>, line 1)"))).toBe(true);
  expect(breaksOff("f(\n\n", syntax("'(' was never closed (<call 1>, line 1)"))).toBe(false);
  expect(breaksOff("x x", syntax("invalid syntax"))).toBe(false);
  expect(breaksOff("raise", reply({ name: "ValueError", message: "unexpected EOF", traceback: "" }))).toBe(false);
  expect(breaksOff("for x", reply(null, "bash: syntax error: unexpected end of file\n"))).toBe(true);
  expect(breaksOff("echo 'a", reply(null, "unexpected EOF while looking for matching `''\n"))).toBe(true);
  expect(breaksOff("false", reply(null, ""))).toBe(false);
});
