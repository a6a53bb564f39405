/** What a new environment judges by: standard output, returned values, or tests that assert by themselves. */
export const SCAFFOLD_KINDS = ["stdin", "function", "assertions"] as const;
export type ScaffoldKind = (typeof SCAFFOLD_KINDS)[number];

/** A task of a new environment, to be replaced by its author's. */
export interface ScaffoldTask {
  readonly id: string;
  readonly prompt: string;
  /** What the row says beside id and prompt. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** File name below the task's fixtures → Python source. */
  readonly fixtures: Readonly<Record<string, string>>;
}
