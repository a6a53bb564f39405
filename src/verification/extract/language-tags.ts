/**
 * What answers call languages, where it is not the language's own name. Test frameworks are written in their language.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  python: ["py", "ipython", "pypy", "pytest"],
  cpp: ["c++", "cc", "cxx", "g++"],
  c: ["gcc"],
  csharp: ["c#", "cs"],
  fsharp: ["f#", "fs"],
  java: ["jdk", "junit"],
  javascript: ["js", "node", "nodejs", "mjs", "cjs", "jest"],
  typescript: ["ts", "mts", "cts"],
  go: ["golang", "go_test"],
  rust: ["rs"],
  ruby: ["rb"],
  bash: ["sh", "shell", "zsh"],
  kotlin: ["kt", "kts"],
  perl: ["pl"],
  haskell: ["hs"],
  julia: ["jl"],
  r: ["rscript"],
  sql: ["sqlite", "mysql", "postgres", "postgresql"],
};
const LANGUAGES = new Map(
  Object.entries(ALIASES).flatMap(([name, aliases]) => aliases.map((alias) => [alias, name] as const)),
);

const LONGEST_TAG = 40;

/** One name for a language, however it is called: `Python3`, `py` and `python3.12` are `python`, `c++17` is `cpp`. */
export function languageName(name: string): string {
  const lower = name.slice(0, LONGEST_TAG).toLowerCase();
  return known(lower) ?? known(lower.replace(/[\d.]+$/, "")) ?? lower;
}

function known(name: string): string | undefined {
  return Object.hasOwn(ALIASES, name) ? name : LANGUAGES.get(name);
}

/**
 * The language that a fence's info string names, empty when it names none. Its first word counts, as in CommonMark,
 * without what tools attach to it: `{.python .numberLines}`, `{python}`, `python:main.py`, `python,editable`.
 */
export function languageOfInfo(info: string): string {
  const tag = /^[\s{.]*([\w+#.-]+)/.exec(info.slice(0, 2 * LONGEST_TAG))?.[1] ?? "";
  return languageName(tag);
}
