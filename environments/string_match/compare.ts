import { pythonStrip } from "sandlot";
import { withoutEnd } from "./extract.ts";
import { withoutLatex } from "./latex.ts";
import { closeNumbers, floatKey, withoutUnits } from "./numbers.ts";
import { listKey, stateKey } from "./words.ts";

/** What a number gets that is right to a hundredth. */
const CLOSE = 0.98;

/** Readings under which two answers that are written differently are the same; tried in this order. */
const READINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  floatKey,
  withoutThousands,
  withoutLatex,
  listKey,
  stateKey,
];

/** NeMo Gym's grade of an answer: 1 when it reads as the expected one, 0.98 for a close number, else 0. */
export function gradeAnswer(answer: string, expected: string, caseSensitive: boolean): number {
  if (caseSensitive) return pythonStrip(answer) === pythonStrip(expected) ? 1 : 0;
  const [got, wanted] = [plain(answer), plain(expected)];
  if (READINGS.some((read) => read(got) === read(wanted))) return 1;
  if (closeNumbers(got, wanted)) return CLOSE;
  const [bareGot, bareWanted] = [bare(got), bare(wanted)];
  if (bareGot === bareWanted) return 1;
  return closeNumbers(bareGot, bareWanted) ? CLOSE : 0;
}

/** Lower case, compatibility forms (NFKC), without enclosing quotes and closing punctuation. */
function plain(text: string): string {
  const normal = text.normalize("NFKC");
  const quoted = normal.length >= 2 && /^["']/.test(normal) && normal[0] === normal.at(-1);
  const lower = (quoted ? normal.slice(1, -1) : normal).toLowerCase();
  return withoutEnd(lower, ".!?") || lower;
}

function bare(text: string): string {
  return pythonStrip(withoutUnits(withoutLatex(text)));
}

/** Without the commas between digits; a number that has several keeps every other one, as in NeMo Gym. */
function withoutThousands(text: string): string {
  return text.replace(/(?<!\p{Nd})(\p{Nd}+),(\p{Nd}+)/gu, "$1$2").replaceAll("\\%", "%");
}
