import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Letter statistics of a language: how often one to three letters follow each other. */
export interface LanguageProfile {
  /** Sums of the counts of one, two and three letters. */
  readonly totals: readonly number[];
  readonly counts: Readonly<Record<string, number>>;
}

export interface LanguageModel {
  readonly profiles: Readonly<Record<string, LanguageProfile>>;
  /** Characters that count as the first of their group. */
  readonly kanji: readonly string[];
  /** Signs of the block Latin-1 Supplement that are no letters. */
  readonly latin1Excluded: string;
  /** For each tone mark, the composed letters in the order of `letters`. */
  readonly vietnamese: { readonly letters: string; readonly marks: Readonly<Record<string, string>> };
}

/** Punkt's knowledge of a language; words are in lower case. */
export interface SentenceModel {
  readonly abbreviations: readonly string[];
  /** Pairs of words, the first of which ends with a full stop that ends no sentence. */
  readonly collocations: readonly string[];
  readonly starters: readonly string[];
  /** How a word was seen: bit 1 to 3 capitalised at the beginning, inside, anywhere; bit 4 to 6 likewise in lower case. */
  readonly contexts: Readonly<Record<string, number>>;
}

/** A model of this folder; `build.py` says where they come from. */
export function loadModel(name: "languages"): LanguageModel;
export function loadModel(name: "sentences"): SentenceModel;
export function loadModel(name: string): unknown {
  const bytes = readFileSync(new URL(`${name}.json.gz`, import.meta.url));
  return JSON.parse(gunzipSync(bytes).toString("utf8")) as unknown;
}
