import { ASSERTIONS_TASKS } from "./assertions-tasks.ts";
import { FUNCTION_TASKS } from "./function-tasks.ts";
import { STDIN_TASKS } from "./stdin-tasks.ts";
import type { ScaffoldKind, ScaffoldTask } from "./task.ts";
import { manifestText, readmeText, resourceText } from "./texts.ts";

const TASKS: Readonly<Record<ScaffoldKind, readonly ScaffoldTask[]>> = {
  stdin: STDIN_TASKS,
  function: FUNCTION_TASKS,
  assertions: ASSERTIONS_TASKS,
};

/** The files of a new environment: path in its folder → text. */
export function scaffold(name: string, kind: ScaffoldKind): ReadonlyMap<string, string> {
  const tasks = TASKS[kind];
  const fixtures = tasks.flatMap(({ id, fixtures }) =>
    Object.entries(fixtures).map(([file, text]) => [`fixtures/${id}/${file}`, text] as const),
  );
  return new Map([
    ["environment.yaml", manifestText(name, kind)],
    ["resource.ts", resourceText(kind)],
    ["README.md", readmeText(name, kind)],
    ["data/tasks.jsonl", tasks.map((task) => `${rowText(task)}\n`).join("")],
    ...fixtures,
  ]);
}

function rowText({ id, prompt, metadata }: ScaffoldTask): string {
  const content = `${prompt}\n\nAnswer with one Python code block.`;
  return JSON.stringify({
    task_id: id,
    responses_create_params: { input: [{ role: "user", content }] },
    verifier_metadata: metadata,
  });
}
