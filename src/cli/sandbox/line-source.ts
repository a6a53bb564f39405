import { createInterface } from "node:readline";
import type { CliOptions } from "../io.ts";

/** Where a session's lines come from. */
export interface LineSource {
  /** The next line; null when there are no more. */
  next(prompt: string): Promise<string | null>;
  close(): void;
}

/** Lines that are edited on a terminal. `onInterrupt` is called at Ctrl-C, after the line was emptied. */
export function terminalLines(terminal: NonNullable<CliOptions["terminal"]>, onInterrupt: () => void): LineSource {
  const editor = createInterface({ ...terminal, terminal: true, historySize: 1000, removeHistoryDuplicates: true });
  const typed: string[] = [];
  let isClosed = false;
  let taker: ((line: string | null) => void) | null = null;
  const give = (line: string | null) => {
    const take = taker;
    taker = null;
    if (take) take(line);
    else if (line !== null) typed.push(line);
  };
  editor.on("line", give);
  editor.on("close", () => {
    isClosed = true;
    give(null);
  });
  editor.on("SIGINT", () => {
    // Both ways from where the cursor is.
    editor.write(null, { ctrl: true, name: "e" });
    editor.write(null, { ctrl: true, name: "u" });
    terminal.output.write("^C\n");
    typed.length = 0;
    onInterrupt();
    if (taker) give("");
  });
  return {
    next(prompt) {
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

/** Lines of a file or a pipe. */
export function streamLines(stdin: CliOptions["stdin"]): LineSource {
  const lines = linesOf(stdin);
  return {
    async next() {
      const step = await lines.next();
      return step.done ? null : step.value;
    },
    close: () => void lines.return(undefined),
  };
}

async function* linesOf(stdin: CliOptions["stdin"]): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stdin) {
    const lines = (rest + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  if (rest !== "") yield rest;
  return undefined;
}
