import type { LanguageModel } from "../models/load.ts";

const MAX_CHARACTERS = 10_000;
const ADDRESS = /https?:\/\/[-_.?&~;+=/#0-9A-Za-z]{1,2076}/g;
const MAIL = /[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}/g;

/** Runs of one to three letters, as langdetect cuts a text into them. Words in capitals are left out but for their first. */
export function languageGrams(text: string, model: LanguageModel): string[] {
  const letters = normaliserOf(model);
  const grams: string[] = [];
  let run = [" "];
  let capitals = false;
  for (const char of mainScript(firstCharacters(composed(text.replace(ADDRESS, " ").replace(MAIL, " "), model)))) {
    const letter = letters(char);
    const last = run.at(-1) ?? " ";
    if (last === " ") {
      run = [" "];
      capitals = false;
      if (letter === " ") continue;
    } else if (run.length >= 3) run.shift();
    run.push(letter);
    const upper = /^\p{Uppercase}$/u.test(letter);
    capitals = upper && (capitals || /^\p{Uppercase}$/u.test(last));
    if (capitals) continue;
    for (let size = 1; size <= run.length; size++) {
      const gram = run.slice(-size).join("");
      if (gram !== " ") grams.push(gram);
    }
  }
  return grams;
}

/** Vietnamese letters with a tone mark of their own, as one character. */
function composed(text: string, { vietnamese }: LanguageModel): string {
  const marked = new RegExp(`([${vietnamese.letters}])([${Object.keys(vietnamese.marks).join("")}])`, "gu");
  const letters = Array.from(vietnamese.letters);
  return text.replace(marked, (_, letter: string, mark: string) => {
    return Array.from(vietnamese.marks[mark] ?? "")[letters.indexOf(letter)] ?? letter;
  });
}

/** At most ten thousand characters, with single blanks. */
function firstCharacters(text: string): string[] {
  const characters: string[] = [];
  let seen = 0;
  let before = "";
  for (const char of text) {
    if (seen++ >= MAX_CHARACTERS) break;
    if (char !== " " || before !== " ") characters.push(char);
    before = char;
  }
  return characters;
}

/** Without ASCII letters where another script prevails. */
function mainScript(characters: readonly string[]): readonly string[] {
  const ascii = (char: string) => char >= "A" && char <= "z";
  const latin = characters.filter(ascii).length;
  const others = characters.filter((char) => (char.codePointAt(0) ?? 0) >= 0x300).length;
  return latin * 2 < others ? characters.filter((char) => !ascii(char)) : characters;
}

const normalisers = new WeakMap<LanguageModel, (char: string) => string>();

function normaliserOf(model: LanguageModel): (char: string) => string {
  const made = normalisers.get(model) ?? normaliser(model);
  normalisers.set(model, made);
  return made;
}

/** Maps a character to the one that stands for its kind, and what is no letter to a blank. */
function normaliser({ kanji, latin1Excluded }: LanguageModel): (char: string) => string {
  const representatives = new Map(
    kanji.flatMap((group) => Array.from(group, (char) => [char, Array.from(group)[0] ?? char])),
  );
  return (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) return /[A-Za-z]/.test(char) ? char : " ";
    if (code < 0x100) return latin1Excluded.includes(char) ? " " : char;
    if (code === 0x219) return "\u015f";
    if (code === 0x21b) return "\u0163";
    if (code === 0x6cc) return "\u064a";
    if (code >= 0x1ea0 && code < 0x1f00) return "\u1ec3";
    if (code >= 0x2000 && code < 0x2070) return " ";
    if (code >= 0x3040 && code < 0x30a0) return "\u3042";
    if (code >= 0x30a0 && code < 0x3100) return "\u30a2";
    if ((code >= 0x3100 && code < 0x3130) || (code >= 0x31a0 && code < 0x31c0)) return "\u3105";
    if (code >= 0x4e00 && code < 0xa000) return representatives.get(char) ?? char;
    if (code >= 0xac00 && code < 0xd7b0) return "\uac00";
    return char;
  };
}
