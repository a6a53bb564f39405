import { unbridgeable } from "./unbridgeable.ts";
import { masked, splitAtCommas } from "./masked.ts";

/** A function or method as a declaration in C's manner writes it: `type name(type name, type name) … {`. */
export interface Signature {
  readonly name: string;
  /** What stands before the name, on one line: modifiers and the type. */
  readonly type: string;
  /** Without default values. */
  readonly parameters: readonly { readonly type: string; readonly name: string }[];
  /** Where it begins in the text. */
  readonly start: number;
}

/** The signature before the brace at `brace`; throws when there is none, or none that can be read. */
export function signatureBefore(text: string, brace: number): Signature {
  const plain = masked(text)
    .slice(0, brace)
    .replaceAll(/^[ \t]*#.*$/gm, (line) => " ".repeat(line.length - 1) + ";");
  const close = plain.lastIndexOf(")");
  const open = openingOf(plain, close);
  if (open < 0) throw unbridgeable("declaration", "no signature of a function stands before the open body");
  const name = /[A-Za-z_$][\w$]*(?=\s*$)/.exec(plain.slice(0, open));
  if (!name) throw unbridgeable("declaration", "the function before the open body has no name");
  const start = Math.max(...[";", "{", "}"].map((sign) => plain.lastIndexOf(sign, name.index))) + 1;
  const parameters = splitAtCommas(plain.slice(open + 1, close)).filter((each) => each !== "void");
  return {
    name: name[0],
    type: plain.slice(start, name.index).replaceAll(/\s+/g, " ").trim(),
    parameters: parameters.map(parameterOf),
    start,
  };
}

function openingOf(text: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (text[at] === ")") depth++;
    else if (text[at] === "(" && --depth === 0) return at;
  }
  return -1;
}

function parameterOf(text: string): Signature["parameters"][number] {
  const [declared = ""] = text.split("=");
  const match = /^([^]*[^\w$])([A-Za-z_$][\w$]*)\s*$/.exec(declared);
  const type = match?.[1]?.replaceAll(/\s+/g, " ").trim();
  const name = match?.[2];
  if (!type || !name) throw unbridgeable("declaration", `the parameter ${JSON.stringify(text)} cannot be read`);
  return { type, name };
}
