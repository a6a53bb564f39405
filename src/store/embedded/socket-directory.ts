import { chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunAs } from "./run-as.ts";

/** Bytes of a socket's path: 108 on Linux and 104 on macOS, the final NUL included. */
const PATH_BYTES_MAX = 103;
const SOCKET_NAME = ".s.PGSQL.5432";

export interface SocketDirectory {
  readonly path: string;
  /** Removes it when it is a temporary one. */
  remove(): Promise<void>;
}

/** A directory for the server's socket that nobody else can enter: in the data directory, or a short temporary one. */
export async function makeSocketDirectory(dataDirectory: string, owner: RunAs["owner"]): Promise<SocketDirectory> {
  const inside = join(dataDirectory, "run");
  const fits = Buffer.byteLength(join(inside, SOCKET_NAME)) <= PATH_BYTES_MAX;
  const path = fits ? inside : await mkdtemp(join(tmpdir(), "sandlot-"));
  if (fits) await mkdir(inside, { recursive: true, mode: 0o700 });
  if (owner) await chown(path, owner.uid, owner.gid);
  return { path, remove: fits ? async () => undefined : () => rm(path, { recursive: true, force: true }) };
}
