import { type LanguageModel, loadModel } from "../models/load.ts";
import { languageGrams } from "./language-grams.ts";

/** langdetect's smoothing: its mean over the trials that it draws at random. */
const SMOOTHING = 0.5 / 10_000;

interface Statistics {
  readonly model: LanguageModel;
  readonly languages: readonly string[];
  /** For each run of letters: index of a language, then how much more likely the run makes it. */
  readonly evidence: ReadonlyMap<string, readonly number[]>;
}

let loaded: Statistics | null = null;

function statistics(): Statistics {
  if (loaded) return loaded;
  const model = loadModel("languages");
  const evidence = new Map<string, number[]>();
  const languages = Object.keys(model.profiles);
  for (const [index, { totals, counts }] of Object.values(model.profiles).entries()) {
    for (const [gram, count] of Object.entries(counts)) {
      const total = totals[Array.from(gram).length - 1];
      if (total === undefined) continue;
      const gain = Math.log(SMOOTHING + count / total) - Math.log(SMOOTHING);
      const known = evidence.get(gram);
      if (known) known.push(index, gain);
      else evidence.set(gram, [index, gain]);
    }
  }
  loaded = { model, languages, evidence };
  return loaded;
}

/**
 * The language of a text by langdetect's statistics, as ISO 639-1 code; null when the text has no letters to judge by.
 * langdetect draws letters at random until it is sure, so its answer can change; here every letter counts once.
 */
export function detectLanguage(text: string): string | null {
  const { model, languages, evidence } = statistics();
  const scores = languages.map(() => 0);
  let known = false;
  for (const gram of languageGrams(text, model)) {
    const gains = evidence.get(gram);
    if (!gains) continue;
    known = true;
    for (let i = 0; i < gains.length; i += 2) {
      const language = gains[i] ?? 0;
      scores[language] = (scores[language] ?? 0) + (gains[i + 1] ?? 0);
    }
  }
  return known ? (languages[scores.indexOf(Math.max(...scores))] ?? null) : null;
}
