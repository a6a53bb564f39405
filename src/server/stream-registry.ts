import { SandlotError } from "../core/errors/sandlot-error.ts";

/** Seconds after which a caller may try to open a stream again when there are too many. */
const RETRY_SECONDS = 10;

/** The event streams that are open. */
export interface StreamRegistry {
  /** Registers a stream that `end` ends; the returned function takes it out. Throws `overloaded` when there are too many. */
  open(end: (reason: SandlotError) => void): () => void;
  /** Ends every stream, and each that is opened later. */
  endAll(reason: SandlotError): void;
}

/** A registry of at most `max` streams. */
export function createStreamRegistry(max: number): StreamRegistry {
  const streams = new Set<(reason: SandlotError) => void>();
  let ended: SandlotError | undefined;
  return {
    open(end) {
      if (ended) throw ended;
      if (streams.size >= max)
        throw new SandlotError("overloaded", { resource: "event streams", retry_after: RETRY_SECONDS });
      streams.add(end);
      return () => void streams.delete(end);
    },
    endAll(reason) {
      ended = reason;
      for (const end of streams) end(reason);
    },
  };
}
