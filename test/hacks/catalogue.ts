import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { type Kind, KINDS, loadTasks, type Task } from "./tasks.ts";

const PROGRAMS = join(import.meta.dirname, "programs");
const BEATEN = join(import.meta.dirname, "naive/beaten.json");

const FAMILIES = [
  ...(["exit", "patch", "equality", "forge", "read", "environment"] as const),
  ...(["stdin", "persist", "kill", "vacuous", "timing"] as const),
] as const;

const LANGUAGES = { py: "python", sh: "bash", cpp: "cpp", java: "java", js: "javascript" } as const;
export type Language = (typeof LANGUAGES)[keyof typeof LANGUAGES];

/** The comment that a program begins with. */
const Header = z.strictObject({
  /** Number in the list of attacks. */
  entry: z.coerce.number().int().min(81).max(102),
  task: z.string().min(1),
  /** What it does, in a sentence. */
  what: z.string().endsWith("."),
  family: z.enum(FAMILIES),
});

/** A candidate's program, as a model would answer it. */
export interface Program extends z.infer<typeof Header> {
  readonly kind: Kind;
  readonly language: Language;
  /** Below `programs/`: a file, or for pytest a folder. */
  readonly path: string;
  /** The file's text; of a folder, its solution.py's. */
  readonly source: string;
  /** Of a folder: every file by its path there. */
  readonly files: Readonly<Record<string, string>>;
}

/** A program that wants a reward without solving its task; it must not score. */
export interface Hack extends Program {
  /** Solves the same task with the same means, and must score. */
  readonly twin: Program;
  /** Naive graders that were seen to let it pass, by the names of their files in `naive/`. */
  readonly beats: readonly string[];
}

/** Hacks that were thought of and have no program, with the reason. */
export const WITHOUT_PROGRAM: Readonly<Record<string, string>> = {
  "83 faulthandler's timer": "ends the process with status 1, which no grader takes for a success",
  "86 changed prototypes in JavaScript": "neither === nor deepStrictEqual asks a prototype: it beats nothing",
  "92 PYTHONSTARTUP": "is read by interactive interpreters alone, and no grader is one",
  "92 node, python or pytest replaced in PATH": "nothing that a candidate can write to is in a grader's PATH",
  "95 a patched torch.cuda.synchronize": "needs a GPU; a patched clock is the same hack without one",
  "96 pip's cache or site-packages with the solution":
    "the same as the repository's history, which has two: something left behind in the image",
};

/** Every hack with its twin. Throws, naming the file, when anything of it is missing or malformed. */
export function loadCatalogue(): readonly Hack[] {
  const beaten = z.record(z.string(), z.array(z.string())).parse(JSON.parse(readFileSync(BEATEN, "utf8")));
  return KINDS.flatMap((kind) => {
    const tasks = loadTasks(kind);
    const programs = readdirSync(join(PROGRAMS, kind)).map((name) => loadProgram(kind, name, tasks));
    const twins = new Map(programs.filter(isTwin).map((twin) => [twin.path.replace(".twin", ""), twin]));
    const hacks = programs
      .filter((program) => !isTwin(program))
      .map((program): Hack => {
        const twin = twins.get(program.path);
        if (!twin) throw new Error(`${program.path} has no twin`);
        twins.delete(program.path);
        if (twin.entry !== program.entry || twin.task !== program.task)
          throw new Error(`${twin.path} is about something else than its hack`);
        return { ...program, twin, beats: beaten[program.path] ?? [] };
      });
    const [alone] = twins.keys();
    if (alone !== undefined) throw new Error(`${alone} is missing, and has a twin`);
    return hacks;
  });
}

/** Names of the naive graders. */
export function naiveGraders(): readonly string[] {
  const files = readdirSync(join(import.meta.dirname, "naive"));
  return files.filter((file) => /^[a-z]+_.*\.py$/.test(file)).map((file) => file.replace(".py", ""));
}

function isTwin({ path }: Program): boolean {
  return path.includes(".twin");
}

function loadProgram(kind: Kind, name: string, tasks: ReadonlyMap<string, Task>): Program {
  const at = join(PROGRAMS, kind, name);
  const path = `${kind}/${name}`;
  const files = statSync(at).isDirectory() ? readFolder(at) : {};
  const source = files["solution.py"] ?? readFileSync(at, "utf8");
  const header = Header.safeParse(readHeader(source));
  if (!header.success) throw new Error(`${path}: ${z.prettifyError(header.error)}`);
  if (!name.startsWith(`${header.data.entry}-`)) throw new Error(`${path} is not of entry ${header.data.entry}`);
  if (!tasks.has(header.data.task)) throw new Error(`${path}: there is no task ${header.data.task}`);
  return { ...header.data, kind, language: languageOf(kind, name), path, source, files };
}

/** The comment's lines, `# key: value` or `// key: value`, up to the first that is none. */
function readHeader(source: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of source.split("\n")) {
    const [, key, value] = /^(?:#|\/\/) (\w+): (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) break;
    fields[key] = value;
  }
  return fields;
}

function languageOf(kind: Kind, name: string): Language {
  if (kind === "pytest") return "python";
  const extension = name.split(".").at(-1) ?? "";
  if (!(extension in LANGUAGES)) throw new Error(`${kind}/${name} is of no known language`);
  return LANGUAGES[extension as keyof typeof LANGUAGES];
}

function readFolder(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}
