import { join } from "node:path";
import type { Config } from "../config/index.ts";
import type { StoreOptions } from "../store/index.ts";

type StorageOptions = Pick<StoreOptions, "segments" | "minFreeBytes" | "databaseDirectory">;

/** Where records are kept, and how much stays free there. */
export function storageOptions({ data_dir, database, storage }: Config): StorageOptions {
  const directory = storage.segments_dir ?? join(data_dir, "segments");
  const isEmbedded = database.url === undefined;
  return {
    segments: { directory },
    minFreeBytes: storage.min_free_bytes,
    ...(isEmbedded && { databaseDirectory: data_dir }),
  };
}
