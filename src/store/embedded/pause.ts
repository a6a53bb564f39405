import { setTimeout } from "node:timers/promises";

/**
 * Waits for something that another process does. It is no clock's business, and unlike a Clock's timers it keeps ours
 * alive: at that point nothing else may. Aborted, it resolves at once.
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal && { signal }).catch(() => undefined);
}
