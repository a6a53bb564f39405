import { loadModel } from "../models/load.ts";
import { type PunktToken, punktTokens } from "./punkt-token.ts";

/** Bits of `contexts`. */
const SEEN_INSIDE_UPPER = 1 << 2;
const SEEN_UPPER = (1 << 1) | SEEN_INSIDE_UPPER | (1 << 3);
const SEEN_FIRST_LOWER = 1 << 4;
const SEEN_LOWER = SEEN_FIRST_LOWER | (1 << 5) | (1 << 6);
const PUNCTUATION = ";:,.!?";

interface Knowledge {
  readonly abbreviations: ReadonlySet<string>;
  readonly collocations: ReadonlySet<string>;
  readonly starters: ReadonlySet<string>;
  readonly contexts: ReadonlyMap<string, number>;
}

let loaded: Knowledge | null = null;

function knowledge(): Knowledge {
  if (loaded) return loaded;
  const model = loadModel("sentences");
  loaded = {
    abbreviations: new Set(model.abbreviations),
    collocations: new Set(model.collocations),
    starters: new Set(model.starters),
    contexts: new Map(Object.entries(model.contexts)),
  };
  return loaded;
}

/** Whether a sentence ends inside `text`: at a token that is not its last one (Kiss and Strunk 2006, section 4). */
export function holdsBreak(text: string): boolean {
  const tokens = punktTokens(text);
  for (const token of tokens) classify(token);
  return tokens.some((token, i) => {
    const next = tokens[i + 1];
    if (!next) return false;
    if (token.endsWithPeriod) reconsider(token, next);
    return token.sentenceBreak;
  });
}

/** By the token alone. */
function classify(token: PunktToken): void {
  const { text } = token;
  const { abbreviations } = knowledge();
  if (text === "." || text === "?" || text === "!") token.sentenceBreak = true;
  else if (token.isEllipsis) token.ellipsis = true;
  else if (token.endsWithPeriod && !text.endsWith("..")) {
    const word = text.slice(0, -1).toLowerCase();
    if (abbreviations.has(word) || abbreviations.has(word.split("-").at(-1) ?? "")) token.abbreviation = true;
    else token.sentenceBreak = true;
  }
}

/** By the token after it. */
function reconsider(token: PunktToken, next: PunktToken): void {
  const { collocations, starters, contexts } = knowledge();
  const type = token.typeWithoutPeriod;
  const nextType = next.typeWithoutBreak;
  const initial = token.isInitial;
  if (collocations.has(`${type} ${nextType}`)) {
    token.sentenceBreak = false;
    return;
  }
  if ((token.abbreviation || token.ellipsis) && !initial) {
    if (startsSentence(next) === true || (next.startsUpper && starters.has(nextType))) {
      token.sentenceBreak = true;
      return;
    }
  }
  if (!initial && type !== "##number##") return;
  const starts = startsSentence(next);
  const alwaysUpper = initial && next.startsUpper && ((contexts.get(nextType) ?? 0) & SEEN_LOWER) === 0;
  if (starts === false || (starts === null && alwaysUpper)) token.sentenceBreak = false;
}

/** What the spelling of a token says about its place; null when it says nothing. */
function startsSentence(token: PunktToken): boolean | null {
  if (token.text.length === 1 && PUNCTUATION.includes(token.text)) return false;
  const seen = knowledge().contexts.get(token.typeWithoutBreak) ?? 0;
  if (token.startsUpper && (seen & SEEN_LOWER) !== 0 && (seen & SEEN_INSIDE_UPPER) === 0) return true;
  if (token.startsLower && ((seen & SEEN_UPPER) !== 0 || (seen & SEEN_FIRST_LOWER) === 0)) return false;
  return null;
}
