import type { Reply } from "./recordings.ts";

/**
 * What differs between any two answers, or by design between the original's and ours: taken out of both before they are
 * compared. Everything else has to be equal, or to stand in the tables of deviations.
 */
const TEXT_RULES: readonly (readonly [why: string, pattern: RegExp, replacement: string])[] = [
  ["the original's name of the program", /(?:\/sandbox\/|\.\/)?tmp\w{8}(?=(?:_test)?(?:\.test)?\.\w)/g, "PROGRAM"],
  [
    "our name of the program",
    /(?:\/workspace\/|\.\/)?\b(?:main|test_main)(?=(?:_test)?\.(?:py|sh|js|ts|cpp|go|rs|pl|rb)\b)/g,
    "PROGRAM",
  ],
  ["the working folder", /\/sandbox\b|\/workspace\b/g, "FOLDER"],
  ["a mark under a line of Python's traceback, which newer ones have more of", /^ *[~^]+ *\n/gm, ""],
  ["the random line of append_flag", /print\("[A-Za-z0-9]{20}"\)|^[A-Za-z0-9]{20}$/gm, "FLAG"],
  ["versions and plugins of pytest", /^(?:platform linux -- .*|plugins: .*|rootdir: .*|cachedir: .*)\n/gm, ""],
  ["durations of test runners", /\b\d+\.\d+ ?s\b/g, "SECONDS"],
  ["rules as long as the names in them", /={3,}|_{3,}|-{3,}/g, "RULE"],
  ["how far a test runner has come", / +\[ *\d+%\]/g, ""],
  ["the name of a cell", /\((?:\d+\.py|<call \d+>), line/g, "(CELL, line"],
  [
    "the languages that can be run",
    /'python', 'cpp'.*'racket'|Input should be '[\w']+(?:, '\w+')* or '\w+'/g,
    "LANGUAGES",
  ],
];

/** What is never the same twice; and, of notebooks, how IPython prints a traceback. */
const VOLATILE: ReadonlySet<string> = new Set(["execution_time", "executor_pod_name", "traceback"]);
/** What a notebook's driver says of itself. */
const DRIVER_TEXTS = { stdout: "", stderr: "" };

export function normalise({ status, headers, body }: Reply): unknown {
  const type = headers["content-type"]?.split(";")[0] ?? null;
  const location = headers["location"] ? new URL(headers["location"], "http://host").pathname : null;
  return { status, type, location, allow: headers["allow"] ?? null, body: normaliseValue(body) };
}

function normaliseValue(value: unknown, key = ""): unknown {
  if (VOLATILE.has(key)) return null;
  if (typeof value === "string") return normaliseText(value, key);
  if (Array.isArray(value)) return value.map((item) => normaliseValue(item, key));
  if (typeof value !== "object" || value === null) return value;
  const object = key === "driver" ? { ...value, ...DRIVER_TEXTS } : value;
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, normaliseValue(member, name)]));
}

function normaliseText(text: string, key: string): string {
  // Of a refused language, the names are in two places.
  if (key === "expected" && text.startsWith("'python'") && text !== "'python3'") return "LANGUAGES";
  return TEXT_RULES.reduce((rest, [, pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/** The same with the texts at these dotted paths replaced by a word. */
export function withoutTexts(value: unknown, paths: readonly string[]): unknown {
  return paths.reduce((rest, path) => replaced(rest, path.split(".")), value);
}

function replaced(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return typeof value === "string" ? "TEXT" : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === key ? replaced(item, rest) : (item as unknown)));
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, name === key ? replaced(it, rest) : it]));
}
