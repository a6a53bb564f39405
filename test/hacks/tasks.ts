import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";

const TASKS = join(import.meta.dirname, "tasks");

/** A name by which a task's file, and a program's header, call it. */
const Named = z.strictObject({ name: z.string().min(1) });
const files = z.record(z.string().min(1), z.string());

/** A row as HumanEval-X has it: the program is what completes the declaration, with the test below it. */
const Completion = Named.extend({
  prompt: z.string(),
  declaration: z.string(),
  canonical_solution: z.string(),
  test: z.string(),
  entry_point: z.string(),
});

/** What the trusted side has of a task, by the kind of its tests. `reference` is a correct solution. */
const SCHEMAS = {
  /** Program, standard input, standard output. */
  stdin: Named.extend({
    statement: z.string(),
    inputs: z.array(z.string()).min(1),
    outputs: z.array(z.string()).min(1),
    reference: z.string(),
  }),
  /** Calls of a function: one JSON value per argument and line, and the JSON of the result. */
  function: Named.extend({
    statement: z.string(),
    fn_name: z.string(),
    inputs: z.array(z.string()).min(1),
    outputs: z.array(z.string()).min(1),
    reference: z.string(),
  }),
  /** As HumanEval has it: the test defines `check(candidate)`. */
  check: Named.extend({ prompt: z.string(), entry_point: z.string(), test: z.string(), reference: z.string() }),
  /** Test classes that import the candidate's module `solution`; ids are `Class.method`. */
  unittest: Named.extend({
    statement: z.string(),
    entry_point: z.string(),
    test: z.string(),
    expected: z.array(z.string()).min(1),
    reference: z.string(),
  }),
  /** As MBPP has it: statements that assert, and what they need. */
  asserts: Named.extend({
    statement: z.string(),
    entry_point: z.string(),
    test_setup_code: z.string(),
    test_list: z.array(z.string()).min(1),
    reference: z.string(),
  }),
  /** A project: what it starts from, the trusted files laid over the candidate's, and the ids that must pass. */
  pytest: Named.extend({
    statement: z.string(),
    start: files,
    files,
    expected: z.array(z.string()).min(1),
    reference: files,
  }),
  /** A Python program, called with the paths of input, output and answer, accepts by its exit status 0. */
  checker: Named.extend({
    statement: z.string(),
    inputs: z.array(z.string()).min(1),
    answers: z.array(z.string()).min(1),
    checker: z.string(),
    reference: z.string(),
  }),
  cpp: Completion,
  java: Completion,
  js: Completion,
} as const;

export type Kind = keyof typeof SCHEMAS;
export type Task<K extends Kind = Kind> = z.infer<(typeof SCHEMAS)[K]>;

export const KINDS = Object.keys(SCHEMAS) as readonly Kind[];

/** The tasks of a kind, by name. Throws when one is not as its kind demands. */
export function loadTasks<K extends Kind>(kind: K): ReadonlyMap<string, Task<K>> {
  const folder = join(TASKS, kind);
  const tasks = readdirSync(folder).map((file): readonly [string, Task<K>] => {
    const task = SCHEMAS[kind].parse(JSON.parse(readFileSync(join(folder, file), "utf8"))) as Task<K>;
    if (task.name !== basename(file, ".json")) throw new Error(`${kind}/${file} calls itself ${task.name}`);
    return [task.name, task];
  });
  return new Map(tasks);
}
