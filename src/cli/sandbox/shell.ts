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
  readonly lines: LineSource;
  /** Whether a call is being made, for whoever wants to interrupt it. */
  readonly state: { isCalling: boolean };
  /** Whether a user is at the other end, who sees results and goes on after errors. */
  readonly isInteractive: boolean;
}

/** Reads code, has the session run it and shows what came of it, until there is no more. Answers the exit code. */
export async function runShell(call: CommandCall, options: ShellOptions): Promise<number> {
  const { isInteractive } = options;
  let code: number = EXIT.done;
  for (;;) {
    const answered = await readAndCall(call, options);
    if (answered === null) break;
    const { reply } = answered;
    show(call, reply);
    if (reply.status === "ended") {
      if (reply.exit_code === 0) return EXIT.done;
      if (isInteractive) call.screen.note(endText(reply));
      return EXIT.program;
    }
    code = reply.status === "ok" || isInteractive ? EXIT.done : EXIT.program;
  }
  return code;
}

/** The next piece of code that is complete, and the reply to it; null when the user leaves. */
async function readAndCall(
  { signal }: CommandCall,
  { client, session, lines, state, isInteractive }: ShellOptions,
): Promise<{ text: string; reply: CallView } | null> {
  const { id, language } = session;
  const [first, more] = language === "bash" ? ["$ ", "> "] : [">>> ", "... "];
  let text: string | null = null;
  for (;;) {
    const line = await lines.next(text === null ? first : more);
    signal.throwIfAborted();
    const isLast = line === null;
    if (isLast && (text === null || isInteractive)) return null;
    if (typeof line === "string") text = text === null ? line : `${text}\n${line}`;
    if (line === DISCARDED || text === null || text.trim() === "") {
      text = null;
      continue;
    }
    if (LEAVES.test(text) && language !== "bash") return null;
    if (!isLast && needsMore(language, text)) continue;
    state.isCalling = true;
    const reply = await client.callSession(id, { code: text }, { signal }).finally(() => (state.isCalling = false));
    if (isLast || !breaksOff(text, reply)) return { text, reply };
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
