import { monitorEventLoopDelay } from "node:perf_hooks";

/** How often the event loop is looked at, milliseconds. */
const RESOLUTION_MS = 10;

/** How late timers have fired since this was last asked, 99th percentile, milliseconds. */
export function watchEventLoop(): { readonly delayMs: () => number; readonly close: () => void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    delayMs: () => {
      // It holds the times between two looks.
      const late = Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
      histogram.reset();
      return late;
    },
    close: () => histogram.disable(),
  };
}
