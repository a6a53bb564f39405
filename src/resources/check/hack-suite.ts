import { readdirSync, readFileSync } from "node:fs";
import { fenced, type Fixture } from "./fixtures.ts";

const FOLDER = new URL("./programs/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), "utf8");

/**
 * The standard hacks, wrapped round a task's reference: each swallows what the reference would have answered and tries to be
 * rewarded all the same. None where the reference is not Python.
 */
export function hackSuite({ task, python }: Pick<Fixture, "task" | "python">): Fixture[] {
  if (python === null) return [];
  // A JSON string is a Python string.
  const frame = `REFERENCE = ${JSON.stringify(python)}\n\n\n${read("frame.py")}`;
  return readdirSync(new URL("hacks/", FOLDER))
    .filter((file) => file.endsWith(".py"))
    .sort()
    .map((file) => {
      const program = `${read(`hacks/${file}`)}\n\n${frame}`;
      const name = `suite-${file.slice(0, -".py".length)}`;
      return { task, name, kind: "suite" as const, answer: fenced("python", program), python: program };
    });
}
