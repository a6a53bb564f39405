import { basename, extname } from "node:path";

/** Languages by the ending of a file's name, where that is not a name or alias of the language itself. */
const BY_ENDING: Readonly<Record<string, string>> = {
  py: "python",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  ts: "typescript",
  mts: "typescript",
  sh: "bash",
  cc: "cpp",
  cxx: "cpp",
  "c++": "cpp",
  rs: "rust",
  rb: "ruby",
  pl: "perl",
};

/** The language of a program: by its `#!` line, else by the ending of its name; undefined when nothing says it. */
export function languageOf(path: string, code: string): string | undefined {
  const words = code.match(/^#!\s*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?/);
  if (words) {
    const [, command = "", argument = ""] = words;
    const program = basename(command) === "env" ? argument : basename(command);
    const name = program.replace(/[\d.]+$/, "");
    if (name !== "") return name === "node" ? "javascript" : name;
  }
  const ending = extname(path).slice(1).toLowerCase();
  return BY_ENDING[ending] ?? (ending || undefined);
}
