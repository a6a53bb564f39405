import { pythonStrip } from "sandlot";
import { python } from "./python-pattern.ts";

const STARTERS =
  "(Mr|Mrs|Ms|Dr|Prof|Capt|Cpt|Lt|He\\s|She\\s|It\\s|They\\s|Their\\s|Our\\s|We\\s|But\\s|However\\s|That\\s|This\\s|Wherever)";
const LETTER = "([A-Za-z])";

/** Full stops that end no sentence are hidden behind this mark, and ends are marked with the other, as IFEval does. */
const DOT = "<prd>";
const STOP = "<stop>";

/** In this order; later steps see what earlier ones have hidden. */
const BEFORE_DOCTOR: readonly (readonly [RegExp, string])[] = [
  [python("(Mr|St|Mrs|Ms|Dr)[.]"), `$1${DOT}`],
  [python("[.](com|net|org|io|gov|edu|me)"), `${DOT}$1`],
  [python("([0-9])[.]([0-9])"), `$1${DOT}$2`],
];
const AFTER_DOCTOR: readonly (readonly [RegExp, string])[] = [
  [python(`\\s${LETTER}[.] `), ` $1${DOT} `],
  [python(`([A-Z][.][A-Z][.](?:[A-Z][.])?) ${STARTERS}`), `$1${STOP} $2`],
  [python(`${LETTER}[.]${LETTER}[.]${LETTER}[.]`), `$1${DOT}$2${DOT}$3${DOT}`],
  [python(`${LETTER}[.]${LETTER}[.]`), `$1${DOT}$2${DOT}`],
  [python(` (Inc|Ltd|Jr|Sr|Co)[.] ${STARTERS}`), ` $1${STOP} $2`],
  [python(" (Inc|Ltd|Jr|Sr|Co)[.]"), ` $1${DOT}`],
  [python(` ${LETTER}[.]`), ` $1${DOT}`],
];

/** IFEval's sentences: cut after `.`, `?` and `!`, but for abbreviations, numbers and addresses that it knows. */
export function splitSentences(text: string): string[] {
  let marked = ` ${text}  `.replaceAll("\n", " ");
  marked = replaceAll(marked, BEFORE_DOCTOR);
  marked = marked.replace(/\.{2,}/g, (dots) => DOT.repeat(dots.length) + STOP);
  marked = marked.replaceAll("Ph.D.", `Ph${DOT}D${DOT}`);
  marked = replaceAll(marked, AFTER_DOCTOR);
  marked = marked.replaceAll(".”", "”.").replaceAll('."', '".').replaceAll('!"', '"!').replaceAll('?"', '"?');
  marked = marked.replace(/[.?!]/g, (end) => end + STOP).replaceAll(DOT, ".");
  const sentences = marked.split(STOP).map(pythonStrip);
  return sentences.at(-1) === "" ? sentences.slice(0, -1) : sentences;
}

function replaceAll(text: string, steps: readonly (readonly [RegExp, string])[]): string {
  return steps.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
