import type { Client } from "../../client/index.ts";
import type { CallView, SessionView } from "../../contract/sessions.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { breaksOff, needsMore } from "./input-blocks.ts";
import { DISCARDED, type LineSource } from "./line-source.ts";
import { bytesOf } from "./run-output.ts";
import { signalName } from "./run-summary.ts";

/** What people type to leave; Python's own would only be an exception that the session survives. */
const LEAVES = /^\s*(exit|quit)(\(\))?\s*$/;

export interface ShellOptions {
  readonly client: Client;
  readonly session: SessionView;
  /** Of a terminal, whose user sees results and goes on after errors. */
  readonly lines: LineSource;
  /** Whether a call is being made, for whoever wants to interrupt it. */
  readonly state: { isCalling: boolean };
}

/** Reads code, has the session run it and shows what came of it, until there is no more. Answers the exit code. */
export async function runShell(call: CommandCall, options: ShellOptions): Promise<number> {
  for (;;) {
    const reply = await readAndCall(call, options);
    if (reply === null) return EXIT.done;
    show(call, reply);
    if (reply.status === "ended") return endCode(call, reply);
  }
}

/**
 * Has the session run a whole program and shows what came of it. Not line by line as at a terminal, where an empty line ends
 * a block: in a program it does not. Answers the exit code, which is that of `sandbox run`.
 */
export async function runWhole(
  call: CommandCall,
  { client, session, code }: Pick<ShellOptions, "client" | "session"> & { readonly code: string },
): Promise<number> {
  const reply = await client.callSession(session.id, { code }, { signal: call.signal });
  if (isGoodExit(reply)) {
    show(call, { ...reply, status: "ok", error: null });
    return EXIT.done;
  }
  show(call, reply);
  if (reply.status === "ended") return endCode(call, reply);
  return reply.status === "ok" ? EXIT.done : EXIT.program;
}

/** Whether a Python program ended itself, and well: to the session, which goes on, that is an exception. */
function isGoodExit({ error }: CallView): boolean {
  return error?.name === "SystemExit" && ["", "0", "None"].includes(error.message);
}

function endCode({ screen }: CommandCall, reply: CallView): number {
  if (reply.exit_code === 0) return EXIT.done;
  screen.note(endText(reply));
  return EXIT.program;
}

/** The reply to the next piece of code that is complete; null when the user leaves. */
async function readAndCall(
  { signal }: CommandCall,
  { client, session, lines, state }: ShellOptions,
): Promise<CallView | null> {
  const { id, language } = session;
  const [first, more] = language === "bash" ? ["$ ", "> "] : [">>> ", "... "];
  let text: string | null = null;
  for (;;) {
    const line = await lines.next(text === null ? first : more);
    signal.throwIfAborted();
    if (line === null) return null;
    if (typeof line === "string") text = text === null ? line : `${text}\n${line}`;
    if (line === DISCARDED || text === null || text.trim() === "") {
      text = null;
      continue;
    }
    if (LEAVES.test(text) && language !== "bash") return null;
    if (needsMore(language, text)) continue;
    state.isCalling = true;
    const reply = await client.callSession(id, { code: text }, { signal }).finally(() => (state.isCalling = false));
    if (!breaksOff(text, reply)) return reply;
  }
}

function show({ screen }: CommandCall, reply: CallView): void {
  screen.document(reply);
  if (screen.json) return;
  screen.raw("stdout", bytesOf(reply.stdout));
  screen.raw("stderr", bytesOf(reply.stderr));
  if (reply.stdout.dropped_bytes > 0) screen.note(`… ${reply.stdout.dropped_bytes} bytes of output left out …`);
  if (reply.value !== null) screen.raw("stdout", Buffer.from(`${reply.value}\n`));
  if (reply.error) screen.raw("stderr", Buffer.from(`${reply.error.traceback.trimEnd()}\n`));
  if (reply.status === "interrupted" && reply.limit !== null) {
    screen.note(`interrupted: the limit ${reply.limit} was reached; the state is kept`);
  }
}

function endText({ limit, exit_code, signal }: CallView): string {
  const how = signal === null ? `exit code ${exit_code ?? "unknown"}` : signalName(signal);
  return `the session has ended: ${limit === null ? how : `the limit ${limit} was reached`}`;
}

/** Ends a session, which may have ended by itself. */
export async function endSession(client: Client, id: string): Promise<void> {
  try {
    await client.closeSession(id);
  } catch (error) {
    if (!SandlotError.is(error, "not_found") && !SandlotError.is(error, "session_ended")) throw error;
  }
}
