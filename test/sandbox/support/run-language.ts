import {
  fillCommand,
  fillEnvironment,
  type ResolvedLanguage,
  type RunRequest,
  type RunResult,
  type Sandbox,
} from "../../../src/sandbox/index.ts";
import { ctx } from "../../support/sandboxes.ts";

const ARTEFACT_BYTES = 32 << 20;

export interface LanguageRun {
  readonly code: string;
  readonly stdin?: string;
  readonly args?: readonly string[];
  readonly limits: RunRequest["limits"];
  /** For compilers; default: those of the run. */
  readonly compileLimits?: RunRequest["limits"];
}

/** One submission by the port alone: compiled in one slot, run in another. `run` is null when it did not compile. */
export async function runLanguage(
  sandbox: Sandbox,
  { language }: ResolvedLanguage,
  { code, stdin = "", args = [], limits, compileLimits = limits }: LanguageRun,
): Promise<{ readonly compile: RunResult | null; readonly run: RunResult | null }> {
  const source = { path: language.source, data: Buffer.from(code) };
  const { compile, run, interpreter, launcher } = language;
  let files: RunRequest["files"] = [source];
  let compiled: RunResult | null = null;
  if (compile) {
    compiled = await sandbox.run(ctx, {
      program: { argv: fillCommand(compile.argv, compileLimits) },
      env: fillEnvironment(language.env, compileLimits),
      files,
      outputs: compile.artefacts.map(({ path, folder }) => ({ path, limit: ARTEFACT_BYTES, archive: folder })),
      limits: compileLimits,
    });
    if (!("code" in compiled.exit) || compiled.exit.code !== 0) return { compile: compiled, run: null };
    const missing = compiled.files.filter(({ status }) => status !== "ok");
    if (missing.length > 0) throw new Error(`the compiler left no ${missing.map(({ path }) => path).join(", ")}`);
    files = compiled.files.map(({ path, data }, i) => {
      const folder = compile.artefacts[i]?.folder === true;
      return { path, data, ...(folder ? { archive: true } : { mode: 0o755 }) };
    });
  } else if (interpreter !== undefined && launcher === undefined) {
    files = [];
  }
  const program: RunRequest["program"] =
    interpreter === undefined
      ? { argv: [...fillCommand(run ?? [], limits), ...args] }
      : {
          interpreter,
          source: launcher ?? code,
          fileName: launcher === undefined ? language.source : "launcher.py",
          args,
        };
  const result = await sandbox.run(ctx, {
    program,
    env: fillEnvironment(language.env, limits),
    files,
    stdin: Buffer.from(stdin),
    limits,
  });
  return { compile: compiled, run: result };
}
