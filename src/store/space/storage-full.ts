import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Seconds after which it is worth while to look again: somebody has to make room. */
const RETRY_SECONDS = 30;

/** `detail` says where there is no space. */
export function storageFull(detail: string, cause?: unknown): SandlotError<"storage_full"> {
  const context = { detail, retry_after: RETRY_SECONDS };
  return new SandlotError("storage_full", context, cause === undefined ? {} : { cause });
}

/** An error of the file system: `storage_full` where `directory`, or the owner's quota there, has no space, else `internal`. */
export function fileError(error: unknown, directory: string): SandlotError {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return SandlotError.from(error);
  return storageFull(`${directory} has no space left (${code})`, error);
}
