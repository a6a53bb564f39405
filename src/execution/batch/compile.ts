import type { InputFile, OutputFile } from "../../sandbox/index.ts";
import type { Candidate } from "../attribution/index.ts";
import type { CompilePlan } from "../plan/compile-plan.ts";
import type { Stage } from "../service.ts";

/** The compiler with its input: as little trusted as what it compiles. */
export function compilerOf(keepBytes: number, compile: CompilePlan): Candidate {
  const { argv, env, files, artefacts, artefactBytes } = compile;
  const outputs = artefacts.map(({ path, folder }) => ({ path, limit: artefactBytes, archive: folder }));
  return {
    limits: compile.limits,
    prepare: (_ctx, _sandbox, { limits }) => ({ program: { argv }, files, outputs, env, limits, keepBytes }),
  };
}

export interface Compiled {
  readonly stage: Stage;
  /** What the compiler left; null when it failed. */
  readonly artefacts: readonly InputFile[] | null;
}

/** What came of a compilation. The artefacts are no files of the stage: nobody asked for them. */
export function compiledOf(stage: Stage, { artefacts, artefactBytes }: CompilePlan): Compiled {
  const bare = { ...stage, files: [] };
  if (stage.status !== "ok") return { stage: bare, artefacts: null };
  const failed = (status: "runtime_error" | "disk_limit", message: string): Compiled => ({
    stage: { ...bare, status, message },
    artefacts: null,
  });
  const bytes = stage.files.reduce((sum, { data }) => sum + data.length, 0);
  if (bytes > artefactBytes) return failed("disk_limit", `the compiler left ${bytes} bytes, above ${artefactBytes}`);
  for (const file of stage.files) {
    if (file.status === "too_large")
      return failed("disk_limit", `the compiler left more than ${artefactBytes} bytes at ${file.path}`);
    if (file.status !== "ok") return failed("runtime_error", `the compiler left ${PROBLEMS[file.status]} ${file.path}`);
  }
  const files = stage.files.map(({ data }, at): InputFile => {
    const { path = "", folder = false } = artefacts[at] ?? {};
    return folder ? { path, data, archive: true } : { path, data, mode: EXECUTABLE };
  });
  return { stage: bare, artefacts: files };
}

const PROBLEMS: Readonly<Record<Exclude<OutputFile["status"], "ok" | "too_large">, string>> = {
  missing: "no",
  refused: "something that is not a regular file at",
};
const EXECUTABLE = 0o755;
