import type { ProgramTests } from "../submission.ts";
import { masked, openBraces } from "./masked.ts";
import type { ProgramTexts } from "./program-texts.ts";
import { type Signature, signatureBefore } from "./signature.ts";
import { unbridgeable } from "./unbridgeable.ts";

const MODIFIERS = /\b(?:public|protected|private|static|final|synchronized)\b/g;
const IMPORT = /^[ \t]*import\s[^;]*;/gm;
/** What values may be declared as: sandboxes/java/bridge makes them of lists, maps and sets that are all of these. */
const TYPES = new Set(
  [
    "boolean byte short int long float double char Boolean Byte Short Integer Long Float Double Character Number",
    "String CharSequence Object Comparable BigInteger BigDecimal Optional extends super",
    "Iterable Collection List ArrayList Map HashMap LinkedHashMap Set HashSet LinkedHashSet",
  ].flatMap((line) => line.split(" ")),
);

/** The stub and the dispatcher of a Java method; sandboxes/java/bridge holds what they use. */
export function javaTexts({ declaration, source }: ProgramTests): ProgramTexts {
  const plain = masked(declaration);
  const [outer, brace, ...more] = openBraces(plain);
  const type = outer === undefined ? null : /\bclass\s+([\w$]+)[^{};]*$/.exec(plain.slice(0, outer))?.[1];
  if (!type || brace === undefined || more.length > 0)
    throw unbridgeable("declaration", "must end in the open body of a method of one class");
  const signature = signatureBefore(declaration, brace);
  const result = signature.type.replaceAll(MODIFIERS, "").trim();
  const parameters = signature.parameters.map(({ type: declared, name }) => ({ type: plainType(declared), name }));
  checkTypes(result, parameters);
  const object = /\bstatic\b/.test(signature.type) ? "null" : "this";
  const call = `sandlot.bridge.Tests.call(${[object, ...parameters.map(({ name }) => `(Object) ${name}`)].join(", ")})`;
  const stub = result === "void" ? `${call};` : `return (${result}) ${call};`;
  const casts = parameters.map(({ type: declared }, i) => `(${declared}) arguments[${i}]`).join(", ");
  const dispatched = `object.${signature.name}(${casts})`;
  return {
    entryPoint: signature.name,
    tests: [...importsOf(source), `${declaration.slice(0, brace + 1)} ${stub} } }`, source.replaceAll(IMPORT, "")].join(
      "\n",
    ),
    files: {
      "SandlotEntry.java": [
        ...importsOf(declaration),
        "public final class SandlotEntry implements sandlot.bridge.Entry {",
        `  private final ${type} object = new ${type}();`,
        '  @Override @SuppressWarnings("unchecked") public Object call(Object[] arguments) throws Throwable {',
        `    ${result === "void" ? `${dispatched}; return null;` : `return ${dispatched};`}`,
        "  }",
        "}",
        "",
      ].join("\n"),
    },
  };
}

function importsOf(text: string): readonly string[] {
  return text.match(IMPORT) ?? [];
}

/** Several arguments of a type are an array of it. */
function plainType(type: string): string {
  return type
    .replaceAll(MODIFIERS, "")
    .replace(/\s*\.\.\.$/, "[]")
    .trim();
}

function checkTypes(result: string, parameters: Signature["parameters"]): void {
  const declared = [...(result === "void" ? [] : [result]), ...parameters.map(({ type }) => type)];
  for (const type of declared) {
    const names = type.match(/[\w$.]+/g) ?? [];
    const isPlain =
      names.length > 0 && names.every((name) => TYPES.has(name.replace(/^java\.(?:util|lang|math)\./, "")));
    if (!isPlain || /[@&]|^</.test(type))
      throw unbridgeable("declaration", `values of the type ${type || "of no name"} cannot cross the bridge`);
  }
}
