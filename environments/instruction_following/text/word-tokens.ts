import { pythonWords } from "sandlot";
import { punktSentences } from "./punkt.ts";
import { python } from "./python-pattern.ts";

type Step = readonly [RegExp, string];

const STARTING_QUOTES: readonly Step[] = [
  [python("([\u00ab\u201c\u2018\u201e]|[`]+)"), " $1 "],
  [python('^"'), "``"],
  [python("(``)"), " $1 "],
  [python("([ \\(\\[{<])(\"|'{2})"), "$1 `` "],
  [python("(?<!\\w)(')(?!(?:re|ve|ll|m|t|s|d|n)\\b)(?=\\w)", { ignoreCase: true }), "$1 "],
];
const BEFORE_LAST_PERIOD: readonly Step[] = [
  [python("([:,])([^\\d])"), " $1 $2"],
  [python("([:,])$"), " $1 "],
  [python("\\.{2,}"), " $& "],
  [python("[;@#$%&]"), " $& "],
  [python("[\u2012-\u2015]"), " $& "],
];
const AFTER_LAST_PERIOD: readonly Step[] = [
  [python("[?!]"), " $& "],
  [python("([^'])' "), "$1 ' "],
  [python("[*]"), " $& "],
  [python("[\\]\\[\\(\\)\\{\\}<>]"), " $& "],
  [python("--"), " -- "],
];
const ENDING_QUOTES: readonly Step[] = [
  [python("([\u00bb\u201d\u2019])"), " $1 "],
  [python("''"), " '' "],
  [python('"'), " '' "],
  [python("\\s+"), " "],
  [python("([^' ])('[sS]|'[mM]|'[dD]|') "), "$1 $2 "],
  [python("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) "), "$1 $2 "],
];
const CONTRACTIONS: readonly Step[] = [
  ...["(can)(not)\\b", "(d)('ye)\\b", "(gim)(me)\\b", "(gon)(na)\\b", "(got)(ta)\\b", "(lem)(me)\\b", "(more)('n)\\b"]
    .concat("(wan)(na)(?=\\s)")
    .map((pattern): Step => [python(`\\b${pattern}`, { ignoreCase: true }), " $1 $2 "]),
  [python(" ('t)(is)\\b", { ignoreCase: true }), " $1 $2 "],
  [python(" ('t)(was)\\b", { ignoreCase: true }), " $1 $2 "],
];

/** What may stand between the last full stop and the end, apart from blanks. */
const CLOSING = "])}>\"' \u00bb\u201d\u2019";
const ASCII_CLOSING = "])}>\"'";

/** NLTK's `word_tokenize`: words, signs and clitics of English text, sentence by sentence. */
export function wordTokens(text: string): string[] {
  return punktSentences(text).flatMap(tokensOfSentence);
}

function tokensOfSentence(sentence: string): string[] {
  let text = apply(sentence, STARTING_QUOTES);
  text = splitLastPeriod(text, CLOSING);
  text = apply(text, BEFORE_LAST_PERIOD);
  text = splitLastPeriod(text, ASCII_CLOSING);
  text = apply(text, AFTER_LAST_PERIOD);
  text = apply(` ${text} `, ENDING_QUOTES);
  return pythonWords(apply(text, CONTRACTIONS));
}

function apply(text: string, steps: readonly Step[]): string {
  return steps.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/**
 * Sets off a full stop that only closing signs and blanks follow, unless it is part of an ellipsis. By index: a pattern
 * that looks for the end goes over long runs of blanks again and again.
 */
function splitLastPeriod(text: string, closing: string): string {
  const at = text.lastIndexOf(".");
  if (at < 1 || text[at - 1] === ".") return text;
  let end = at + 1;
  while (end < text.length && closing.includes(text[end] ?? "")) end++;
  if (text.slice(end).trim() !== "") return text;
  return `${text.slice(0, at)} . ${text.slice(at + 1, end)} `;
}
