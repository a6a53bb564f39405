import { messageOf } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import { pause } from "./pause.ts";
import type { Supervised } from "./supervise.ts";

export interface KeepRunningOptions {
  /** Starts a server; resolves when it answers. */
  readonly launch: () => Promise<Supervised>;
  readonly stop: (server: Supervised) => Promise<void>;
  readonly logger: Logger;
}

/** Wait before the first try to start it again, and the longest one, in milliseconds. Each try doubles it. */
const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * Starts the server again whenever it ends by itself: where the disk is full it gives itself up when it cannot write its log, and only
 * recovers once there is room. Answers what stops it for good.
 */
export function keepRunning(first: Supervised, { launch, stop, logger }: KeepRunningOptions): () => Promise<void> {
  const stopping = new AbortController();
  let current = first;
  const again = async () => {
    for (let wait = FIRST_MS; !stopping.signal.aborted; wait = Math.min(2 * wait, LONGEST_MS)) {
      await pause(wait, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        current = await launch();
        logger.warn({}, "the embedded database runs again");
        return;
      } catch (error) {
        logger.error({ problem: messageOf(error) }, "the embedded database cannot be started again yet");
      }
    }
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const code = await current.ended;
      if (stopping.signal.aborted) return;
      logger.error({ code }, "the embedded database ended by itself");
      await again();
    }
  })();
  return async () => {
    stopping.abort();
    await stop(current);
    // A start that was under way has its own deadline; what it started ends with the rest.
    await watching;
    await stop(current);
  };
}
