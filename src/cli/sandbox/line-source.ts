import { createInterface } from "node:readline";
import type { CliOptions } from "../io.ts";

/** Answered in place of a line: the user wants nothing of what was typed so far. */
export const DISCARDED = Symbol("discarded");
type Line = string | typeof DISCARDED | null;

/** Where a session's lines come from. */
export interface LineSource {
  /** The next line; null when there are no more. */
  next(prompt: string): Promise<Line>;
  close(): void;
}

/**
 * Lines that are edited on a terminal. At Ctrl-C `interrupt` is called; when it answers that there was nothing to interrupt,
 * what was typed is discarded.
 */
export function terminalLines(terminal: NonNullable<CliOptions["terminal"]>, interrupt: () => boolean): LineSource {
  const editor = createInterface({ ...terminal, terminal: true, historySize: 1000, removeHistoryDuplicates: true });
  const typed: string[] = [];
  let isClosed = false;
  let isDiscarded = false;
  let taker: ((line: Line) => void) | null = null;
  const give = (line: Line) => {
    const take = taker;
    taker = null;
    if (take) take(line);
    else if (typeof line === "string") typed.push(line);
  };
  editor.on("line", give);
  editor.on("close", () => {
    isClosed = true;
    if (taker) terminal.output.write("\n");
    give(null);
  });
  editor.on("SIGINT", () => {
    typed.length = 0;
    terminal.output.write("^C\n");
    if (interrupt()) return;
    // The next prompt shows an empty line then.
    editor.write(null, { ctrl: true, name: "e" });
    editor.write(null, { ctrl: true, name: "u" });
    if (taker) give(DISCARDED);
    else isDiscarded = true;
  });
  return {
    next(prompt) {
      if (isDiscarded) {
        isDiscarded = false;
        return Promise.resolve(DISCARDED);
      }
      const line = typed.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (isClosed) return Promise.resolve(null);
      editor.setPrompt(prompt);
      editor.prompt();
      return new Promise((resolve) => (taker = resolve));
    },
    close: () => editor.close(),
  };
}
