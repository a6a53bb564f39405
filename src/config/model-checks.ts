import type { Config } from "./config.ts";
import { DEFAULT_SOURCE, type Sources } from "./layer.ts";
import type { Problem } from "./problems.ts";

/** Settings of fleets, which mean nothing beside `url`. */
const OF_FLEETS = ["routing", "queue_timeout_seconds", "pause_timeout_seconds"] as const;

/** Settings of models that would do nothing where they stand. */
export function modelProblems({ models }: Config, sources: Sources): Problem[] {
  return Object.entries(models).flatMap(([name, model]) => {
    if (model.url === undefined) return [];
    return OF_FLEETS.flatMap((key): Problem[] => {
      const path = ["models", name, key];
      if (sources.of(path) === DEFAULT_SOURCE || model[key] === "external") return [];
      return [{ path, problem: "is of fleets: beside url it does nothing; give replicas, or replicas_file, instead" }];
    });
  });
}

/** Sentences about models that work, but perhaps not as somebody hoped. */
export function modelWarnings({ models }: Config): string[] {
  return Object.entries(models).flatMap(([name, { api, tokens }]) =>
    api === "responses" && tokens
      ? [`models.${name}: vLLM's Responses API gives no log-probs, and so no samples; with it, take api: auto`]
      : [],
  );
}
