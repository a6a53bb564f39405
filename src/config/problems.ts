import type { z } from "zod";
import type { FieldProblem } from "../core/errors/contexts.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { plain } from "../contract/problems.ts";
import { nearestName } from "../core/nearest.ts";
import { DEFAULT_SOURCE, type Sources } from "./layer.ts";
import { formatPath, type Path } from "./path.ts";
import { knownKeys } from "./schema-walk.ts";
import { ConfigSchema } from "./schema.ts";

/** Something wrong with one setting. */
export interface Problem {
  readonly path: Path;
  readonly problem: string;
}

/** What zod found, one problem per setting, unknown keys with the nearest known name. */
export function problemsOf(issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(ConfigSchema, issue.path);
      return issue.keys.map((key) => {
        const near = nearestName(key, known);
        return { path: [...issue.path, key], problem: `unknown key${near ? `; did you mean ${near}?` : ""}` };
      });
    }
    if (issue.code === "invalid_key") {
      return issue.issues.map((inner) => ({ path: issue.path, problem: `not a usable name: ${plain(inner.message)}` }));
    }
    return [{ path: issue.path, problem: plain(issue.message) }];
  });
}

/** One `invalid_config` error for all problems, each with where its value came from. */
export function invalidConfig(problems: readonly Problem[], sources: Sources): SandlotError<"invalid_config"> {
  const places = new Set<string>();
  const fields = problems.map(({ path, problem }): FieldProblem => {
    const source = sources.around(path);
    if (source !== DEFAULT_SOURCE) places.add(source);
    return { field: formatPath(path), problem: source === DEFAULT_SOURCE ? problem : `${problem} (from ${source})` };
  });
  return new SandlotError("invalid_config", { source: [...places].join(", ") || DEFAULT_SOURCE, fields });
}
