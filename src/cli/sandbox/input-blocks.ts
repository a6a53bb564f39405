import type { CallView } from "../../contract/sessions.ts";

/** Ends a line that opens a block of Python, comments aside. */
const OPENS_BLOCK = /:\s*(#.*)?$/m;
const DECORATES = /^\s*@/m;

/** Whether more lines have to come before it is worth trying: `text` is what was typed, one or more lines. */
export function needsMore(language: string, text: string): boolean {
  if (text.endsWith("\\")) return true;
  if (language === "bash") return openHeredocs(text);
  // A block may always go on; an empty line ends it.
  return (OPENS_BLOCK.test(text) || DECORATES.test(text)) && !text.endsWith("\n");
}

/** Bash takes the end of its input for the end of a heredoc, and says nothing. */
function openHeredocs(text: string): boolean {
  const lines = text.split("\n");
  return lines.some((line, at) =>
    Array.from(line.matchAll(/(?<!<)<<-?\s*(['"]?)(\w+)\1/g)).some(
      ([, , end]) => !lines.slice(at + 1).some((later) => later.trim() === end),
    ),
  );
}

/** What Python and Bash say of code that breaks off in the middle. They have run none of it then. */
const BREAKS_OFF =
  /was never closed|unterminated triple-quoted|unexpected EOF|unexpected end of file|multi-line statement/;

/** Whether the reply only says that the code is not complete; after two empty lines it is the user's last word. */
export function breaksOff(text: string, { status, error, stderr }: CallView): boolean {
  if (status !== "error" || text.endsWith("\n\n")) return false;
  const said = error?.name === "SyntaxError" ? error.message : error === null ? stderr.text : "";
  return BREAKS_OFF.test(said);
}
