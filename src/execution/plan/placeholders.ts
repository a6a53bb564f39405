import type { ImageLanguage, RunLimits } from "../../sandbox/index.ts";

const MEMORY = "{memory_mib}";

/** Words of a manifest for a run with these limits. */
export function filledIn(words: readonly string[], limits: RunLimits): readonly string[] {
  if (!words.some((word) => word.includes(MEMORY))) return words;
  const memory = String(Math.floor(limits.memoryBytes / 2 ** 20));
  return words.map((word) => word.replaceAll(MEMORY, memory));
}

type Environment = Readonly<Record<string, string>>;

/** The variables of a manifest for a run with these limits, and what was asked for before them. */
export function environment({ env }: ImageLanguage, asked: Environment | undefined, limits: RunLimits): Environment {
  const names = Object.keys(env);
  if (names.length === 0) return asked ?? env;
  const values = filledIn(Object.values(env), limits);
  return { ...Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""])), ...asked };
}
