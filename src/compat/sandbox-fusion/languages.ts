import type { LanguageView } from "../../execution/service.ts";

/** The dialect's names, in the order in which its answers list them, and ours; null: there is nothing like it here. */
const NAMES: Readonly<Record<string, string | null>> = {
  python: "python",
  cpp: "cpp",
  nodejs: "javascript",
  go: "go",
  go_test: "go_test",
  java: "java",
  php: "php",
  csharp: "csharp",
  bash: "bash",
  typescript: "typescript",
  sql: null,
  rust: "rust",
  cuda: null,
  lua: "lua",
  R: "r",
  perl: "perl",
  D_ut: null,
  ruby: "ruby",
  scala: "scala",
  julia: "julia",
  pytest: "pytest",
  junit: "junit",
  kotlin_script: null,
  jest: "jest",
  verilog: null,
  python_gpu: null,
  lean: "lean",
  swift: "swift",
  racket: "racket",
};

/** All names of the dialect, whether they can be run here or not. */
export const DIALECT_NAMES: readonly string[] = Object.keys(NAMES);

/** Languages whose answers have a `compile_result`. Where only we compile, as for TypeScript, the compiler's failure is the run's. */
const COMPILED: ReadonlySet<string> = new Set(["cpp", "go", "java", "rust", "junit", "scala", "swift"]);

/** A language of the dialect that can be run here. */
export interface DialectLanguage {
  /** The dialect's name. */
  readonly name: string;
  readonly view: LanguageView;
  /** Whether `compile_timeout` holds and answers tell of the compiler. */
  readonly showsCompiler: boolean;
}

/** The languages that both the dialect and the images know, by the dialect's name and in its order. */
export function dialectLanguages(views: readonly LanguageView[]): ReadonlyMap<string, DialectLanguage> {
  const known = new Map(views.map((view) => [view.name, view]));
  const languages = Object.entries(NAMES).flatMap(([name, ours]) => {
    const view = ours === null ? undefined : known.get(ours);
    return view ? [[name, { name, view, showsCompiler: view.compiled && COMPILED.has(name) }] as const] : [];
  });
  return new Map(languages);
}

/**
 * The image that a program asks for by what it names: the original's Python has the numerical packages installed, ours
 * only there, because it starts lighter without them. Undefined: the language's own.
 */
export function imageFor(view: LanguageView, code: string): string | undefined {
  return /\b(?:numpy|scipy|sympy|pandas)\b/.test(code) ? numericalImage(view) : undefined;
}

/** Beside the language's own image, the one with numerical packages. */
export function numericalImage({ images: [, ...others] }: LanguageView): string | undefined {
  return others.find((image) => image.endsWith("-numerical"));
}
