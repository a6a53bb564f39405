import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { SessionService, UsedSessionReply } from "../../execution/index.ts";
import { textOf } from "../../verification/index.ts";
import type { ToolReply } from "./tool-session.ts";

/** Kept of each output stream of a call: what a model can read. */
const KEEP_BYTES = 64 * 1024;
const VALUE_BYTES = 16 * 1024;
/** Far above what a model writes, far below what a sandbox takes. */
const MOST_CODE_BYTES = 4 << 20;
/** Shows what `repr` shows otherwise; `_` is the value of the call before. */
const SHOW_VALUE = "__import__('sys').stdout.write(str(_)) and None";

const SILENT = { value: null, error: null, limit: null, stdout: "", stderr: "" } as const;

/** What a call answers whose session is gone by its own doing. */
export const ENDED: ToolReply = { ...SILENT, status: "ended" };

/** The answer to code that no session takes; null when it may be called. */
export function refusalOf(code: string): ToolReply | null {
  const refused = (message: string): ToolReply => ({
    ...SILENT,
    status: "error",
    error: { name: "ValueError", message },
  });
  if (code.includes("\0")) return refused("source code string cannot contain null bytes");
  if (Buffer.byteLength(code) > MOST_CODE_BYTES) return refused(`source code is longer than ${MOST_CODE_BYTES} bytes`);
  return null;
}

/** Runs code in a session. Throws like `SessionService.use`. */
export function callSession(ctx: CallContext, sessions: SessionService, id: string, code: string): Promise<ToolReply> {
  return sessions.use(ctx, id, async (session) => {
    const called = await session.call(ctx, { code, keepBytes: KEEP_BYTES });
    if (called.value === null) return replyOf(called, null);
    const shown = await session.call(ctx, { code: SHOW_VALUE, keepBytes: VALUE_BYTES });
    if (shown.status === "ended") return { ...replyOf(called, null), status: "ended", limit: shown.limit };
    return replyOf(called, shown.status === "ok" ? textOf(shown.stdout) : called.value);
  });
}

function replyOf({ status, error, limit, stdout, stderr }: UsedSessionReply, value: string | null): ToolReply {
  const { name, message } = error ?? { name: "", message: "" };
  const said = { stdout: textOf(stdout), stderr: textOf(stderr) };
  return { status, value, error: error && { name, message }, limit, ...said };
}

/** A program that does the same in every healthy sandbox. */
const CONTROL = "sum(range(1000))";
const CONTROL_VALUE = "499500";

/** Whether the session does what it does on every machine that is well. */
export async function controlPasses(ctx: CallContext, sessions: SessionService, id: string): Promise<boolean> {
  try {
    return (await callSession(ctx, sessions, id, CONTROL)).value === CONTROL_VALUE;
  } catch (error) {
    if (!SandlotError.is(error, "session_ended")) throw error;
    return false;
  }
}
