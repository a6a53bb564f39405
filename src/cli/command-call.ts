import type { Command } from "commander";
import type { GlobalOptions } from "./global-options.ts";
import type { Session } from "./session.ts";
import type { Screen } from "./terminal/screen.ts";

/** A command as its user called it. */
export interface CommandCall<O extends object = object> {
  readonly session: Session;
  readonly screen: Screen;
  /** Aborted when the user asks for the end. */
  readonly signal: AbortSignal;
  readonly options: O & GlobalOptions;
  readonly args: readonly string[];
}

/** A commander action that runs `run` with the options of the command and of the root; a number is the exit code. */
export function action<O extends object>(
  session: Session,
  run: (call: CommandCall<O>) => Promise<number | void>,
): (this: Command) => Promise<void> {
  return async function act(this: Command) {
    const { screen, interrupts } = session;
    const options = this.optsWithGlobals<O & GlobalOptions>();
    const code = await run({ session, screen, signal: interrupts.signal, options, args: this.args });
    if (code !== undefined) session.exitCode = code;
  };
}
