import type { InputFile, RunLimits } from "../../sandbox/index.ts";

/** A compiler's run, and what it has to leave. */
export interface CompilePlan {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly limits: RunLimits;
  readonly files: readonly InputFile[];
  readonly artefacts: readonly { readonly path: string; readonly folder: boolean }[];
  /** Bytes of all artefacts together: they must fit beside the inputs of every case. */
  readonly artefactBytes: number;
}
