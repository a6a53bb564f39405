interface Named {
  readonly path: string;
}

/** Files of a workspace by path, and the folders that they make. */
export interface PathIndex {
  readonly source: readonly Named[];
  /** Path to its first position in the source. */
  readonly files: ReadonlyMap<string, number>;
  readonly folders: ReadonlySet<string>;
}

export function pathIndex(source: readonly Named[]): PathIndex {
  const files = new Map<string, number>();
  const folders = new Set<string>();
  for (const [at, { path }] of source.entries()) {
    if (!files.has(path)) files.set(path, at);
    for (const folder of foldersOf(path)) folders.add(folder);
  }
  return { source, files, folders };
}

/**
 * Those of `files` that cannot lie in one workspace with the files of `index`, or with each other when it is theirs: a
 * path that is taken, a file where a folder has to be, or the other way round.
 */
export function pathConflicts(files: readonly Named[], index: PathIndex): { at: number; problem: string }[] {
  return files.flatMap(({ path }, at) => {
    const problem = problemOf(path, index.source === files ? at : undefined, index);
    return problem === null ? [] : [{ at, problem }];
  });
}

function problemOf(path: string, own: number | undefined, { files, folders }: PathIndex): string | null {
  const holder = files.get(path);
  if (holder !== undefined && holder !== own) return "another file has this path";
  if (folders.has(path)) return "other files have this path as their folder";
  return foldersOf(path).some((folder) => files.has(folder)) ? "a folder of this path is another file" : null;
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) folders.push(path.slice(0, end));
  return folders;
}
