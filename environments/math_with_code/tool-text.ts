import type { ToolReply } from "sandlot";

const LIMITS: Readonly<Record<string, string>> = {
  cpu: "code timed-out",
  wall: "code timed-out",
  output: "the code wrote too much output",
};

/** NeMo Gym's answer of `execute_python`; null for code that holds a NUL character. */
export function toolText(reply: ToolReply | null): string {
  const answer = reply ?? { status: "error", error: null, value: null, limit: null, stdout: "", stderr: "" };
  const success = answer.status === "ok";
  return JSON.stringify({
    success,
    stdout: answer.stdout,
    stderr: answer.stderr,
    error_message: success ? null : reply ? problemOf(reply) : "source code string cannot contain null bytes",
    result: answer.value,
  });
}

function problemOf({ status, error, limit }: ToolReply): string {
  if (status === "ended") {
    const why = limit ? `exceeded its limit of ${limit}` : "has ended";
    return `the Python session ${why}: its names are gone, and the next call begins a new one`;
  }
  if (limit) return LIMITS[limit] ?? `the code exceeded its limit of ${limit}`;
  return error?.message || error?.name || "the code was interrupted";
}
