import type { RunLimits } from "../run.ts";

type Limits = Pick<RunLimits, "memoryBytes">;

/** A manifest's command line with the limits of a run in their places. */
export function fillCommand(words: readonly string[], limits: Limits): string[] {
  return words.map((word) => fill(word, limits));
}

/** A manifest's environment with the limits of a run in their places. */
export function fillEnvironment(env: Readonly<Record<string, string>>, limits: Limits): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value, limits)]));
}

function fill(text: string, { memoryBytes }: Limits): string {
  return text.replaceAll("{memory_mib}", String(Math.max(1, Math.floor(memoryBytes / 2 ** 20))));
}
