import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ProgramTests } from "../submission.ts";
import { cppTexts } from "./cpp.ts";
import { javaTexts } from "./java.ts";
import { javascriptTexts } from "./javascript.ts";
import { unbridgeable } from "./unbridgeable.ts";

/** What is made of a row's declaration and its tests. */
export interface ProgramTexts {
  /** Name of the function that the declaration leaves open. */
  readonly entryPoint: string;
  /** The tests with a stub in the place of the entry point. */
  readonly tests: string;
  /** By path: what goes beside the program, so that calls can be dispatched to it. */
  readonly files: Readonly<Record<string, string>>;
}

const TEXTS = { cpp: cppTexts, java: javaTexts, javascript: javascriptTexts };

/** Throws `invalid_request` naming a field of the tests, when no bridge can be made for them. */
export function programTexts(tests: ProgramTests): ProgramTexts {
  const texts = TEXTS[tests.language](tests);
  if (texts.entryPoint === tests.entryPoint) return texts;
  throw unbridgeable("entryPoint", `the declaration leaves ${texts.entryPoint} open, not ${tests.entryPoint}`);
}

/** The entry point that a declaration leaves open, or why no bridge can be made for it. */
export function readDeclaration(
  language: ProgramTests["language"],
  declaration: string,
): { readonly entryPoint: string } | { readonly problem: string } {
  try {
    const tests = { kind: "program", language, declaration, source: "", entryPoint: "" } as const;
    return { entryPoint: TEXTS[language](tests).entryPoint };
  } catch (error) {
    if (SandlotError.is(error, "invalid_request"))
      return { problem: error.context.fields[0]?.problem ?? error.message };
    throw error;
  }
}
