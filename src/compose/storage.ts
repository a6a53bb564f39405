import { join } from "node:path";
import type { Config } from "../config/index.ts";
import type { StoreOptions } from "../store/index.ts";

/** Where records are kept, and how much stays free there. */
export function storageOptions({ data_dir, storage }: Config): Pick<StoreOptions, "segments" | "minFreeBytes"> {
  const directory = storage.segments_dir ?? join(data_dir, "segments");
  return { segments: { directory }, minFreeBytes: storage.min_free_bytes };
}
