import type { CommanderError } from "commander";
import type { SandlotError } from "../core/errors/sandlot-error.ts";
import { sanitise } from "./terminal/sanitise.ts";
import type { Screen } from "./terminal/screen.ts";

/** Reports what ended a command: code, details and hint for people, or the error as JSON. */
export function reportError(screen: Screen, error: SandlotError, stack: boolean): void {
  const { code, message, hint } = error;
  if (screen.json) {
    screen.document({ error: error.report() });
    return;
  }
  const c = screen.noteColors;
  screen.noteRaw(`${c.red("error")} ${sanitise(errorLine(code, message))}`);
  if (hint !== "") screen.noteRaw(`  ${c.cyan(hint)}`);
  if (stack) screen.note(String((error.cause as Error | undefined)?.stack ?? error.stack));
}

/** Code and message in one line. A message of ours begins with the words of its code, which need no saying twice. */
export function errorLine(code: string, message: string): string {
  const words = code.replaceAll("_", " ");
  return message.startsWith(words) ? `${code}${message.slice(words.length)}` : `${code}: ${message}`;
}

/** Reports a command line that is wrong; the text names the nearest option or command. */
export function reportUsage(screen: Screen, error: CommanderError): void {
  const problem = error.message.replace(/^error: /, "");
  const hint = "`sandlot help` lists the commands, `sandlot help <command>` its options.";
  if (screen.json) {
    const context = { fields: [{ field: "", problem }] };
    screen.document({ error: { code: "invalid_request", message: problem, context, hint, retry: "never" } });
    return;
  }
  const c = screen.noteColors;
  screen.noteRaw(`${c.red("error")}: ${sanitise(problem)}`);
  screen.noteRaw(`  ${c.cyan(hint)}`);
}
