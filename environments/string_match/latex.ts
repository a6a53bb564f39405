import { pythonWords } from "sandlot";

const COMMANDS = [
  "boxed",
  "text",
  "textbf",
  "textit",
  "texttt",
  "mathrm",
  "mathbf",
  "mathit",
  "mathsf",
  "mathbb",
  "mathcal",
  "emph",
  "url",
].map((name) => `\\${name}{`);
const MATH_MARKS = ["\\(", "\\)", "\\[", "\\]", "$"];
/** Taking a command away may bring together another one; nobody writes that more often than this. */
const MAX_PASSES = 10;

/** Without the commands that change only how text looks and without the marks of mathematics; blanks become single. */
export function withoutLatex(text: string): string {
  const bare = MATH_MARKS.reduce((rest, mark) => rest.replaceAll(mark, ""), COMMANDS.reduce(withoutCommand, text));
  return pythonWords(bare).join(" ");
}

function withoutCommand(text: string, opening: string): string {
  let rest = text;
  for (let pass = 0; pass < MAX_PASSES && rest.includes(opening); pass++) rest = unwrapped(rest, opening);
  return rest;
}

/** Takes away every `opening` and the brace that closes it, in one pass: candidates nest them a thousandfold. */
function unwrapped(text: string, opening: string): string {
  const kept: string[] = [];
  const open: boolean[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === "\\" && text.startsWith(opening, i)) {
      open.push(true);
      i += opening.length - 1;
      continue;
    }
    if (char === "{") open.push(false);
    if (char === "}" && open.pop() === true) continue;
    kept.push(char);
  }
  return kept.join("");
}
