import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Database } from "./postgres/database.ts";
import { segmentsId } from "./postgres/installation.ts";
import { directoryOwner } from "./segments/directory-id.ts";
import { fileError } from "./space/storage-full.ts";

export interface DirectoryCheck {
  readonly directory: string;
  readonly installation: string;
}

/**
 * Database and directory belong together, one to one. With another directory this process would not find what others wrote, nor they
 * what it writes; in a directory of two databases each would remove what the other points to. Throws `invalid_config`.
 */
export async function checkDirectory(db: Database, { directory, installation }: DirectoryCheck): Promise<void> {
  const owner = await directoryOwner(directory, installation).catch((error: unknown) => {
    throw fileError(error, directory);
  });
  if (owner.installation !== installation) {
    throw refused(`${directory} holds the records of another database, of installation ${owner.installation}`);
  }
  const known = await segmentsId(db, owner.id);
  if (known === owner.id) return;
  throw refused(`the records of this database are in another directory than ${directory}: processes of one share one`);
}

function refused(problem: string): SandlotError {
  const field = "storage.segments_dir";
  return new SandlotError("invalid_config", { source: field, fields: [{ field, problem }] });
}
