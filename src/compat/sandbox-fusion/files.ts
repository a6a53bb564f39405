import { posix } from "node:path";
import { pathConflicts, pathIndex } from "../../contract/execution-paths.ts";
import { WorkspacePath } from "../../contract/execution-input.ts";
import { BOUNDS } from "../../contract/limits.ts";
import type { InputFile, OutputFile, OutputRequest } from "../../sandbox/index.ts";
import { type Problem, unprocessable, valueProblem } from "./refusal.ts";

/** Where programs run; an absolute path below it is as good as a relative one. */
const WORKSPACE = "/workspace/";
/** Files with this in their name are skipped, as in the original. */
const SKIPPED = "IGNORE_THIS_FILE";
/** Largest file that is fetched, and all of a run together. */
const FETCHED_BYTES = 64 * 1024 * 1024;
/** Names that a message shows, and characters of each: a request may have any number of any length. */
const SHOWN = { names: 10, chars: 200 };

/** Files of a request as the workspace takes them; 422 for names outside of it, clashes and broken base64. */
export function inputFiles(files: ReadonlyMap<string, string | null>): InputFile[] {
  const problems: Problem[] = [];
  const decoded = Array.from(files).flatMap(([name, content]) => {
    if (content === null || name.includes(SKIPPED)) return [];
    const loc = ["body", "files", name];
    const path = workspacePath(name);
    const data = decodeBase64(content);
    if (path === null) problems.push(valueProblem(loc, "not the name of a file in the workspace", name));
    if (data === null) problems.push(valueProblem(loc, "not base64", content));
    return path !== null && data !== null ? [{ name, path, data }] : [];
  });
  const conflicts = pathConflicts(decoded, pathIndex(decoded));
  for (const { at, problem } of conflicts) {
    const name = decoded[at]?.name ?? "";
    problems.push(valueProblem(["body", "files", name], problem, name));
  }
  if (problems.length > 0) throw unprocessable(problems);
  return decoded.map(({ path, data }) => ({ path, data }));
}

/** What a request wants back: by the path in the workspace, the names that it used for it. */
export class Fetching {
  readonly #names = new Map<string, string[]>();
  readonly #outside: string[] = [];

  /** Names outside the workspace are answered with nothing, as those of missing files are, but spoken of. */
  constructor(names: readonly string[]) {
    for (const name of names) {
      const path = workspacePath(name);
      if (path === null) this.#outside.push(name);
      else this.#names.set(path, [...(this.#names.get(path) ?? []), name]);
    }
    const paths = [...this.#names.keys()];
    const isTooLong = Buffer.byteLength(JSON.stringify(paths)) > BOUNDS.headerBytes;
    if (paths.length > BOUNDS.outputsPerRun || isTooLong) {
      const reason = `at most ${BOUNDS.outputsPerRun} files are fetched, whose names have ${BOUNDS.headerBytes} bytes together`;
      throw unprocessable([valueProblem(["body", "fetch_files"], reason, null)]);
    }
  }

  /** The requests for one run. */
  outputs(): OutputRequest[] {
    const limit = Math.floor(FETCHED_BYTES / Math.max(1, this.#names.size));
    return Array.from(this.#names.keys(), (path) => ({ path, limit }));
  }

  /** The `files` of an answer, and what is to be said of files that are left out, those that are missing aside. */
  answer(files: readonly OutputFile[]): { files: Record<string, string>; notes: string[] } {
    const found = files
      .filter(({ status }) => status === "ok")
      .flatMap(({ path, data }) => this.#under(path, Buffer.from(data).toString("base64")));
    const notes = files.flatMap(({ path, status }) => {
      if (status === "too_large") return [`${path} is too large to be fetched`];
      return status === "refused" ? [`${path} is no regular file that is reached without links`] : [];
    });
    return { files: Object.fromEntries(found), notes: [...notes, ...this.refused()] };
  }

  /** What is to be said of names that are none of a file in the workspace. */
  refused(): string[] {
    if (this.#outside.length === 0) return [];
    const shown = this.#outside.slice(0, SHOWN.names).map((name) => JSON.stringify(name.slice(0, SHOWN.chars)));
    const more = this.#outside.length - shown.length;
    return [`not fetched, since outside the workspace: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`];
  }

  /** The same when no program ran: whatever is asked for and was brought along. */
  brought(inputs: readonly InputFile[]): Record<string, string> {
    const found = inputs.flatMap(({ path, data }) =>
      data instanceof Uint8Array ? this.#under(path, Buffer.from(data).toString("base64")) : [],
    );
    return Object.fromEntries(found);
  }

  #under(path: string, content: string): [string, string][] {
    return (this.#names.get(path) ?? []).map((name) => [name, content]);
  }
}

/** A name as a path in the workspace, `.` and `..` resolved; null when it leads out of it or names no file. */
function workspacePath(name: string): string | null {
  if (name === "" || name.endsWith("/")) return null;
  const path = posix.normalize(name);
  const relative = path.startsWith(WORKSPACE) ? path.slice(WORKSPACE.length) : path;
  return WorkspacePath.safeParse(relative).success ? relative : null;
}

/**
 * Base64 in either alphabet, white space ignored. Null for anything else, and for a length that only a cut text has: the
 * original drops letters that it does not know and so stores other bytes than were sent.
 */
function decodeBase64(content: string): Uint8Array | null {
  const text = content.replaceAll(/\s+/g, "");
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return null;
  return Buffer.from(text, "base64");
}
