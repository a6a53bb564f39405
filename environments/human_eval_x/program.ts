import type { Language } from "./row.ts";

export interface Completion {
  readonly language: Language;
  /** Name of the function or method to be written. */
  readonly entryPoint: string;
  /** What the model was shown; ends in the open body of the entry point. */
  readonly prompt: string;
}

const INCLUDES = /^[ \t]*#[ \t]*include\b.*$|^[ \t]*using[ \t]+namespace\b.*$/gm;
const IMPORTS = /^[ \t]*import\s[^;]*;/gm;
const COMMENTS = /\/\*[^]*?\*\/|\/\/[^\n]*/g;

/**
 * The whole program that an answer stands for. HumanEval's way is an answer that goes on where the prompt ends; one that
 * has the signature itself stands alone, and gets what it needs of the prompt's frame: includes, imports, the class.
 */
export function programOf(code: string, { language, entryPoint, prompt }: Completion): string {
  const plain = code.replaceAll(COMMENTS, "");
  switch (language) {
    case "javascript":
      return declares(plain, entryPoint) ? code : prompt + code;
    case "cpp":
      if (!defines(plain, entryPoint)) return prompt + code;
      return plain.includes("#include") ? code : framed(prompt.match(INCLUDES), code);
    case "java": {
      const imports = /^\s*import\s/m.test(plain) ? null : prompt.match(IMPORTS);
      if (/\bclass\s+Solution\b/.test(plain)) return framed(imports, code);
      if (!defines(plain, entryPoint)) return prompt + code;
      return framed(prompt.match(IMPORTS), `class Solution {\n${code}\n}`);
    }
  }
}

function framed(lines: readonly string[] | null, code: string): string {
  return lines ? `${lines.join("\n")}\n${code}` : code;
}

const NO_TYPES = new Set(["return", "else", "throw", "case", "new", "do", "and", "or", "not", "in"]);

/** Whether a function of the name is defined: with a type before it, and a body behind it. */
function defines(code: string, name: string): boolean {
  const definition = new RegExp(
    `([A-Za-z_][\\w:]*(?:<[^;{}()]*>|\\[\\])*)\\s*[&*]?\\s+[&*]?${escaped(name)}\\s*\\([^;{}]*\\)[^;{}()]*\\{`,
    "g",
  );
  return Array.from(code.matchAll(definition)).some(([, type = ""]) => !NO_TYPES.has(type));
}

function declares(code: string, name: string): boolean {
  return new RegExp(`(?:\\b(?:const|let|var|function)\\s+|\\bexports\\.)${escaped(name)}(?![\\w$])`).test(code);
}

function escaped(name: string): string {
  return name.replaceAll("$", String.raw`\$`);
}
