import type { ProgramTests } from "../submission.ts";
import { masked, openBraces } from "./masked.ts";
import type { ProgramTexts } from "./program-texts.ts";
import { type Signature, signatureBefore } from "./signature.ts";
import { unbridgeable } from "./unbridgeable.ts";

const MODIFIERS = /\b(?:static|inline|extern|constexpr)\b/g;
const INCLUDE = /^[ \t]*#[ \t]*include\b.*$/gm;

/** The stub and the dispatcher of a C++ function; sandboxes/cpp/bridge holds what they use. */
export function cppTexts({ declaration, source }: ProgramTests): ProgramTexts {
  const [brace] = openBraces(masked(declaration));
  if (brace === undefined) throw unbridgeable("declaration", "must end in the open body of the entry point");
  const signature = signatureBefore(declaration, brace);
  const type = typeOf(signature);
  const names = signature.parameters.map(({ name }) => name).join(", ");
  const context = declaration.slice(0, signature.start);
  const includes = context.match(INCLUDE) ?? [];
  return {
    entryPoint: signature.name,
    tests: [
      "#include <bridge/bridge.hpp>",
      "#include <bridge/tests.hpp>",
      '#line 1 "declaration"',
      `${declaration.slice(0, brace + 1)} return sandlot::call<${type}>(${names}); }`,
      '#line 1 "tests"',
      source,
    ].join("\n"),
    files: {
      "entry.hpp": [
        ...includes,
        "namespace sandlot_row {",
        "using namespace std;",
        context.replaceAll(INCLUDE, ""),
        `using Signature = ${type};`,
        "}",
        `#define SANDLOT_ENTRY ${signature.name}`,
        "",
      ].join("\n"),
    },
  };
}

/** The type of the function; what it is made of is checked where the tests are compiled. */
function typeOf({ type, parameters }: Signature): string {
  const result = type.replaceAll(MODIFIERS, "").trim();
  if (result === "") throw unbridgeable("declaration", "the entry point has no type");
  if (/[&*]|\b(?:auto|template|operator)\b|^(?:namespace|class|struct)\b/.test(result))
    throw unbridgeable("declaration", `values of the type ${result} cannot cross the bridge`);
  for (const each of parameters) {
    if (/[*()[\]]|\.\.\.|\bauto\b/.test(each.type))
      throw unbridgeable("declaration", `values of the type ${each.type} cannot cross the bridge`);
  }
  return `${result}(${parameters.map((each) => each.type).join(", ")})`;
}
