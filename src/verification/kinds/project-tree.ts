/** What is not taken of a candidate's project, and why. */
const NOT_TAKEN: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(conftest|sitecustomize|usercustomize)\.py$/, "runs beside the tests"],
  [/(^|\/)\.?pytest\.ini$/, "configures the tests"],
  [/\.(pth|pyc|pyo)$/, "is run in place of what can be read"],
  [/(^|\/)(__pycache__|\.pytest_cache|\.git)(\/|$)/, "is what tools keep"],
  [/(^|\/)[^/]+\.(dist-info|egg-info)(\/|$)/, "brings plugins"],
];

/** The most that a candidate's project may be. */
const MOST_FILES = 5_000;
const MOST_BYTES = 16 << 20;

export interface ProjectTree {
  readonly files: ReadonlyMap<string, string>;
  /** Files of the candidate's that were left out, with the reason. */
  readonly evidence: readonly string[];
  /** Why the project cannot be laid out at all. */
  readonly problem: string | null;
}

/** A candidate's files with the trusted ones laid over them. */
export function layOver(
  project: Readonly<Record<string, string>>,
  trusted: Readonly<Record<string, string>>,
): ProjectTree {
  const entries = Object.entries(project);
  const bytes = entries.reduce((sum, [path, text]) => sum + path.length + Buffer.byteLength(text), 0);
  if (entries.length > MOST_FILES || bytes > MOST_BYTES) {
    const problem = `the project has ${entries.length} files of ${bytes} bytes, above ${MOST_FILES} or ${MOST_BYTES}`;
    return { files: new Map(), evidence: [], problem };
  }
  const files = new Map(Object.entries(trusted));
  const folders = new Set([...files.keys()].flatMap(foldersOf));
  const evidence: string[] = [];
  for (const [path, text] of entries) {
    if (Object.hasOwn(trusted, path)) continue;
    const reason = reasonAgainst(path, files, folders);
    if (reason !== null) {
      evidence.push(`${path.slice(0, 200)} was left out: it ${reason}`);
      continue;
    }
    files.set(path, text);
    for (const folder of foldersOf(path)) folders.add(folder);
  }
  return { files, evidence, problem: null };
}

function reasonAgainst(path: string, files: ReadonlyMap<string, string>, folders: ReadonlySet<string>): string | null {
  if (!isPlain(path)) return "has no plain path within the project";
  const known = NOT_TAKEN.find(([pattern]) => pattern.test(path));
  if (known) return known[1];
  if (folders.has(path) || foldersOf(path).some((folder) => files.has(folder))) return "lies where another file does";
  return null;
}

const LONGEST_PATH = 1_000;
const LONGEST_NAME = 200;

function isPlain(path: string): boolean {
  if (path.length > LONGEST_PATH || path.includes("\0") || !path.isWellFormed()) return false;
  return path
    .split("/")
    .every((name) => name !== "" && name !== "." && name !== ".." && Buffer.byteLength(name) <= LONGEST_NAME);
}

/** Every folder that a path lies in. */
function foldersOf(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}
