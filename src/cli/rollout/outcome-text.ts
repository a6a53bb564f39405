import type { Rollout } from "../../contract/rollouts.ts";
import { OUTCOME_CLASS } from "../../core/outcome.ts";
import type { Screen } from "../terminal/screen.ts";

/** A rollout's outcome, the limit that cut it off named, coloured by its class; its state until it has one. */
export function outcomeText({ colors: c }: Screen, { outcome, state, truncated_by }: Rollout): string {
  if (outcome === null) return c.cyan(state);
  const text = truncated_by === null ? outcome : `${outcome} (${truncated_by})`;
  const paints = { scored: String, truncated: c.yellow, masked: c.magenta };
  return paints[OUTCOME_CLASS[outcome]](text);
}
