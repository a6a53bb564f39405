import type { ToolReply } from "sandlot";

const LIMITS: Readonly<Record<string, string>> = {
  cpu: "code timed-out",
  wall: "code timed-out",
  output: "the code wrote too much output",
};

/** NeMo Gym's answer of `execute_python`. */
export function toolText(reply: ToolReply): string {
  const { status, stdout, stderr, value } = reply;
  const success = status === "ok";
  return JSON.stringify({
    success,
    stdout,
    stderr,
    error_message: success ? null : problemOf(reply),
    result: value,
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
