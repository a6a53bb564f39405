import type { ProgramTests } from "../submission.ts";
import { masked, openBraces } from "./masked.ts";
import type { ProgramTexts } from "./program-texts.ts";
import { unbridgeable } from "./unbridgeable.ts";

const BEGINNING = /\b(?:const|let|var|async\s+function|function)\b/g;
const NAME = "[A-Za-z_$][\\w$]*";
const HEADER = new RegExp(
  `^(?:(?:const|let|var)\\s+(?<assigned>${NAME})\\s*=\\s*(?<eventual>async\\b\\s*)?` +
    `(?:function\\b\\s*(?:${NAME})?\\s*)?(?:\\([^]*\\)|${NAME})\\s*(?:=>)?|` +
    `(?<deferred>async\\s+)?function\\s+(?<declared>${NAME})\\s*\\([^]*\\))\\s*$`,
);

/** The stub of a JavaScript function, and the name by which the program's is found (sandboxes/javascript/bridge). */
export function javascriptTexts({ declaration, source }: ProgramTests): ProgramTexts {
  const plain = masked(declaration);
  const [brace] = openBraces(plain);
  if (brace === undefined) throw unbridgeable("declaration", "must end in the open body of the entry point");
  const before = plain.slice(0, brace);
  for (const { index } of Array.from(before.matchAll(BEGINNING)).toReversed()) {
    const groups = HEADER.exec(before.slice(index))?.groups;
    const name = groups?.["assigned"] ?? groups?.["declared"];
    if (!groups || name === undefined) continue;
    const isAsync = groups["eventual"] !== undefined || groups["deferred"] !== undefined;
    const stub = `const ${name} = ${isAsync ? "async " : ""}(...values) => sandlotCall(...values);`;
    return {
      entryPoint: name,
      tests: `${declaration.slice(0, index)}${stub}\n${source}`,
      files: { "entry.json": JSON.stringify({ name }) },
    };
  }
  throw unbridgeable("declaration", "what stands before the open body is no function that can be called by its name");
}
