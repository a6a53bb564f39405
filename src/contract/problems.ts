import type { z } from "zod";
import type { FieldProblem } from "../core/errors/contexts.ts";

/** Most problems that one answer names. */
const MAX_PROBLEMS = 100;

/** What zod found, one problem a field, with names such as `tasks.rows[3]`. */
export function problemsOf(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue));
}

/** At most 100 problems, the last of which says how many were left out. */
export function bounded(problems: readonly FieldProblem[]): FieldProblem[] {
  if (problems.length <= MAX_PROBLEMS) return [...problems];
  const kept = problems.slice(0, MAX_PROBLEMS - 1);
  return [...kept, { field: "", problem: `and ${problems.length - kept.length} more` }];
}

function problemsOfIssue(issue: z.core.$ZodIssue): FieldProblem[] {
  const field = fieldName(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: fieldName([...issue.path, key]), problem: "unknown field" }));
  }
  if (issue.code === "invalid_union") return [{ field, problem: unionProblem(issue) }];
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => ({ field, problem: `not a usable name: ${plain(inner.message)}` }));
  }
  return [{ field, problem: plain(issue.message) }];
}

/** What each branch of a union wants, e.g. `expected one of "score"|"mask", or value: expected number …`. */
function unionProblem(issue: z.core.$ZodIssueInvalidUnion): string {
  const branches = issue.errors.map((issues) =>
    issues
      .map(({ path, message }) => `${path.length > 0 ? `${fieldName(path)}: ` : ""}${plain(message)}`)
      .join(" and "),
  );
  return branches.join(", or ") || plain(issue.message);
}

function fieldName(path: readonly PropertyKey[]): string {
  let name = "";
  for (const key of path) {
    if (typeof key === "number") name += `[${key}]`;
    else if (/^[\w-]{1,128}$/.test(String(key))) name += name ? `.${String(key)}` : String(key);
    else name += `[${JSON.stringify(String(key).slice(0, 128))}]`;
  }
  return name;
}

/** A zod message without the words that the field's name makes needless. */
export function plain(message: string): string {
  return message.replace(/^Invalid (input|option): /, "");
}
