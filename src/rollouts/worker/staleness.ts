import type { AgentRun } from "../../agents/port.ts";

/**
 * How many weight versions the oldest trainable tokens of a run are behind the newest that is known, of the replicas (`current`)
 * or of the run's own calls. Versions that are whole numbers are subtracted; of others only a difference can be told, which counts
 * as one. Null where no engine tells its version.
 */
export function versionsBehind(run: AgentRun, current: readonly string[]): number | null {
  const own = run.calls.filter(({ trainable }) => trainable).flatMap(({ call }) => versionsOf(call));
  if (own.length === 0) return null;
  const all = [...own, ...current];
  if (all.every(isNumber)) return Math.max(...all.map(Number)) - Math.min(...own.map(Number));
  return new Set(all).size > 1 ? 1 : 0;
}

function versionsOf({ weightVersion, weightVersions = [] }: AgentRun["calls"][number]["call"]): string[] {
  const spans = weightVersions.map(({ version }) => version);
  return [...spans, weightVersion].filter((version) => version !== null);
}

function isNumber(version: string): boolean {
  return /^\d{1,15}$/.test(version);
}
