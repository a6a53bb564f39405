import { sanitiseLine } from "./sanitise.ts";

/** How and where a suggested command has to run. */
export interface Place {
  /** What calls Sandlot. Default `sandlot`. */
  readonly program?: string | undefined;
  readonly url?: string | undefined;
  readonly dataDir?: string | undefined;
}

/** A `sandlot` command that can be pasted into a shell. */
export function commandLine(words: readonly string[], place: Place = {}): string {
  const { program = "sandlot", url, dataDir } = place;
  const where = [
    ...(url === undefined ? [] : ["--url", url]),
    ...(dataDir === undefined ? [] : ["--data-dir", dataDir]),
  ];
  return [program, ...[...words, ...where].map(quoted)].join(" ");
}

function quoted(word: string): string {
  const shown = sanitiseLine(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
