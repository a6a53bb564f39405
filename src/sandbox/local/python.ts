import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { sandboxUser } from "./bubblewrap.ts";

const run = promisify(execFile);

/** An interpreter on this machine that agent and candidates can use. */
export interface LocalPython {
  readonly executable: string;
  readonly version: string;
  /** Its installation when that lies outside /usr, else null. */
  readonly prefix: string | null;
}

const ASK = "import ctypes,json,sys; print(json.dumps([sys.executable, sys.base_prefix, *sys.version_info[:3]]))";
const OLDEST = 9;

/** The first of `candidates` that the sandbox user can run and that is Python 3.9 or newer, with ctypes. */
export async function findPython(candidates: readonly string[]): Promise<LocalPython | null> {
  for (const candidate of candidates) {
    try {
      const { stdout } = await run(candidate, ["-I", "-c", ASK], { timeout: 20_000, cwd: "/", ...sandboxUser() });
      const [executable, prefix, major, minor, patch] = JSON.parse(stdout) as [string, string, number, number, number];
      if (major !== 3 || minor < OLDEST) continue;
      const outside = prefix === "/usr" || prefix.startsWith("/usr/") ? null : prefix;
      return { executable, version: `${major}.${minor}.${patch}`, prefix: outside };
    } catch {
      // Not there, not executable by that user, or without ctypes: the next one may do.
    }
  }
  return null;
}
