import { sanitiseLine } from "./sanitise.ts";

/** Where a suggested command has to look. */
export interface Place {
  readonly url?: string | undefined;
  readonly dataDir?: string | undefined;
}

/** A `sandlot` command that can be pasted into a shell. */
export function commandLine(words: readonly string[], place: Place = {}): string {
  const { url, dataDir } = place;
  const where = [
    ...(url === undefined ? [] : ["--url", url]),
    ...(dataDir === undefined ? [] : ["--data-dir", dataDir]),
  ];
  return ["sandlot", ...words, ...where].map(quoted).join(" ");
}

function quoted(word: string): string {
  const shown = sanitiseLine(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
