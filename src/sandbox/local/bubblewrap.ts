import { execFile } from "node:child_process";
import { lstatSync, readlinkSync } from "node:fs";
import { promisify } from "node:util";
import type { SandboxSpec } from "../spec.ts";

const run = promisify(execFile);

/** Kernel user of local sandboxes when Sandlot itself runs as root: nobody else's, and not the database's. */
const UNPRIVILEGED_ID = 64_201;

/** The user to start bubblewrap as: never root, since root of a user namespace may write root's files in /proc. */
export function sandboxUser(): { uid: number; gid: number } | Record<string, never> {
  return process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
}

/** Host folders that programs need to run at all; each read-only. */
const SYSTEM_LINKS = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const OPTIONAL_FILES = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"];

export interface BubblewrapInput {
  readonly spec: Pick<SandboxSpec, "scratchBytes">;
  /** Interpreter outside /usr, if any: its installation is shown read-only. */
  readonly pythonPrefix: string | null;
  /** Agent files by name, each with the descriptor that bubblewrap inherits. */
  readonly agentFiles: readonly { readonly name: string; readonly descriptor: number }[];
  readonly command: readonly string[];
}

/** The command line of a sandbox: namespaces of every kind, a read-only system, three capped scratch spaces. */
export function bubblewrapArguments(input: BubblewrapInput): string[] {
  const scratch = ["--size", String(input.spec.scratchBytes), "--perms", "1777", "--tmpfs"];
  return [
    ["--unshare-all", "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL"],
    ["--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--chdir", "/"],
    ["--ro-bind", "/usr", "/usr"],
    ...SYSTEM_LINKS.map(systemFolder),
    ...OPTIONAL_FILES.map((path) => ["--ro-bind-try", path, path]),
    input.pythonPrefix ? ["--ro-bind", input.pythonPrefix, input.pythonPrefix] : [],
    ["--proc", "/proc", "--dev", "/dev"],
    [...scratch, "/tmp", ...scratch, "/workspace", ...scratch, "/dev/shm"],
    // A tmpfs of the sandbox user's, without a cap and the same for all runs.
    ["--remount-ro", "/dev"],
    // By descriptor: the unprivileged user may not reach the folder that the agent lies in.
    ["--perms", "0755", "--dir", "/sandlot/agent"],
    ...input.agentFiles.map(({ name, descriptor }) => [
      "--perms",
      "0444",
      "--ro-bind-data",
      String(descriptor),
      `/sandlot/agent/${name}`,
    ]),
    // Not the machine's own, which names its neighbours.
    ["--symlink", "/sandlot/agent/hosts", "/etc/hosts"],
    // The root itself is a tmpfs of the sandbox user's.
    ["--remount-ro", "/", "--", ...input.command],
  ].flat();
}

/** On a merged-/usr system these are links; elsewhere folders of their own. */
function systemFolder(path: string): string[] {
  try {
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  } catch {
    return [];
  }
}

export interface FoundBubblewrap {
  readonly path: string;
  readonly version: string;
  /** One sentence when it cannot serve, else null. */
  readonly problem: string | null;
}

const OLDEST = [0, 7] as const;

/** The first of `candidates` that is there, and whether it can make sandboxes on this machine. */
export async function findBubblewrap(candidates: readonly string[]): Promise<FoundBubblewrap> {
  for (const path of candidates) {
    try {
      const { stdout } = await run(path, ["--version"], { timeout: 10_000, cwd: "/", ...sandboxUser() });
      const version = stdout.replace(/^bubblewrap\s*/, "").trim();
      return { path, version, problem: (await problemOf(path, version)) ?? null };
    } catch {
      // Not there, or closed to the sandbox user: the next one may do.
    }
  }
  return { path: candidates[0] ?? "bwrap", version: "", problem: "bubblewrap is not installed" };
}

async function problemOf(path: string, version: string): Promise<string | undefined> {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === OLDEST[0] && minor < OLDEST[1])
    return `bubblewrap ${version} is too old: from 0.7 it can cap scratch space`;
  try {
    const args = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--", "/bin/true"];
    await run(path, args, { timeout: 10_000, cwd: "/", ...sandboxUser() });
    return undefined;
  } catch (error) {
    const detail = String((error as { stderr?: unknown }).stderr ?? error).trim();
    return `bubblewrap cannot make user namespaces here: ${detail}`;
  }
}
