import { Gauge, Registry } from "prom-client";
import type { Store } from "../store/index.ts";

/** What records take, as this process last saw it. */
export function storageMetrics({ housekeeping, room }: Pick<Store, "housekeeping" | "room">): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: () => Promise<number | null>) => {
    const settings = { name: `storage_${name}`, help, registers: [registry] };
    const made: Gauge = new Gauge({ ...settings, collect: async () => made.set((await value()) ?? Number.NaN) });
  };
  gauge("segments", "Files that hold records", async () => (await housekeeping.usage()).segments);
  gauge("segment_bytes", "Bytes of these files", async () => (await housekeeping.usage()).segmentBytes);
  gauge(
    "live_bytes",
    "Bytes in them that rows point to; the rest goes with its file, once nothing in it is live",
    async () => (await housekeeping.usage()).liveBytes,
  );
  gauge(
    "free_bytes",
    "Bytes free where they, or the database, have the least",
    async () => (await housekeeping.usage()).freeBytes,
  );
  gauge("full", "1 while new work is refused for want of space", async () => ((await room.problem()) ? 1 : 0));
  return registry;
}
