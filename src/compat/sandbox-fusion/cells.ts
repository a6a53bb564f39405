import type { SessionError, SessionReply } from "../../sandbox/index.ts";
import { textOf } from "./answers.ts";

/** What one cell of a notebook did. */
export interface CellResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Values by type; `text/plain` is the `repr` of the last expression. */
  readonly display: readonly Readonly<Record<string, string>>[];
  readonly error: readonly CellError[];
}

interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** A cell that no Python takes. */
export const NUL_CELL: CellResult = emptyCell({
  ename: "SyntaxError",
  evalue: "source code cannot contain null bytes",
  traceback: ["SyntaxError: source code cannot contain null bytes"],
});

/** The cell in which the session was lost. */
export function lostCell(limit: SessionReply["limit"]): CellResult {
  const evalue = limit === null ? "the session ended" : `the session ended at its ${limit} limit`;
  return emptyCell({ ename: "DeadKernelError", evalue, traceback: [`DeadKernelError: ${evalue}`] });
}

/** A session's reply as a cell. Takes what it shows from `room`, and shows no more than there is. */
export function cellOf(reply: SessionReply, code: string, room: { chars: number }): CellResult {
  const cut = (text: string): string => {
    const shown = text.slice(0, room.chars);
    room.chars -= shown.length;
    return shown;
  };
  const errors = reply.error ? [errorOf(reply.error)] : reply.status === "ended" ? lostCell(reply.limit).error : [];
  return {
    stdout: cut(textOf(reply.stdout)),
    stderr: cut(textOf(reply.stderr)),
    display: reply.value === null || isSilenced(code) ? [] : [{ "text/plain": cut(reply.value) }],
    error: reply.status === "interrupted" && errors.length === 0 ? [INTERRUPTED] : errors,
  };
}

/** Characters that a cell shows. */
export function cellChars({ stdout, stderr, display, error }: CellResult): number {
  const shown = display.flatMap((values) => Object.values(values));
  const said = error.flatMap(({ ename, evalue, traceback }) => [ename, evalue, ...traceback]);
  return [stdout, stderr, ...shown, ...said].reduce((sum, text) => sum + text.length, 0);
}

const INTERRUPTED: CellError = {
  ename: "KeyboardInterrupt",
  evalue: "the time of the cell is over",
  traceback: ["KeyboardInterrupt: the time of the cell is over"],
};

function errorOf({ name, message, traceback }: SessionError): CellError {
  return { ename: name, evalue: message, traceback: traceback.trimEnd().split("\n") };
}

/** IPython shows no value where the last line ends in a semicolon. */
function isSilenced(code: string): boolean {
  return code.trimEnd().endsWith(";");
}

function emptyCell(error: CellError): CellResult {
  return { stdout: "", stderr: "", display: [], error: [error] };
}
