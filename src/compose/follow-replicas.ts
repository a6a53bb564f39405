import { readReplicasFile, type ReplicaConfig } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";

/** How often a `replicas_file` is looked at, milliseconds. */
const POLL_MS = 5_000;

/**
 * Applies a `replicas_file` whenever it has changed since `first` was read; what is wrong with it is logged once, and the last good
 * list stays. Answers what ends it.
 */
export function followReplicas(
  file: string,
  first: readonly ReplicaConfig[],
  apply: (replicas: readonly ReplicaConfig[]) => void,
  { model, clock, logger }: { readonly model: string; readonly clock: Clock; readonly logger: Logger },
): () => void {
  let known = JSON.stringify(first);
  let said = "";
  let isStopped = false;
  let cancel: () => void = () => undefined;
  const look = async () => {
    try {
      const replicas = await readReplicasFile(file);
      const text = JSON.stringify(replicas);
      if (text !== known && !isStopped) apply(replicas);
      known = text;
      said = "";
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== said) logger.warn({ model, problem }, "the replicas stay as they were");
      said = problem;
    }
  };
  const round = () => {
    cancel = clock.after(POLL_MS, () => void look().finally(() => !isStopped && round()));
  };
  round();
  return () => {
    isStopped = true;
    cancel();
  };
}
