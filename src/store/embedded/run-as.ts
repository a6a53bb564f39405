import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** How programs of the embedded server are started: Postgres refuses to run as root. */
export interface RunAs {
  /** Owner of the server's files; null when we are not root and everything is ours anyway. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Words before the command. */
  readonly prefix: readonly string[];
}

/**
 * Unprivileged accounts to run under, in order. initdb insists on an account with a name. 2 (`bin` or `daemon`) has one
 * on every usual system and nothing runs under it; under 65534 (`nobody`) runs whatever else was to have no
 * rights, which must not get at the database.
 */
const ACCOUNTS = [2, 65534];

/**
 * Chooses the account, and the way there. `paths` are what the server must reach; `existing` is the server's own
 * directory, whose owner stays its owner.
 */
export async function chooseAccount(paths: readonly string[], existing: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { owner: null, prefix: [] };
  const owner = (await ownerOf(existing)) ?? (await firstNamedAccount());
  for (const path of paths) {
    if (!(await reachable(resolve(path), owner))) return { owner, prefix: reachingPrefix(owner) };
  }
  return { owner, prefix: [] };
}

/**
 * Below a directory that only root can enter (/root is one), the account is given one capability of root's: to pass
 * over permissions of files. Without `no_setuid_fixup` the kernel takes it away for access(2), with which Postgres
 * looks at its own program.
 */
function reachingPrefix({ uid, gid }: { uid: number; gid: number }): string[] {
  const account = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const capability = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"];
  return ["setpriv", ...account, ...capability, "--"];
}

async function ownerOf(path: string): Promise<RunAs["owner"]> {
  try {
    const { uid, gid } = await stat(path);
    return uid === 0 ? null : { uid, gid };
  } catch {
    return null;
  }
}

async function firstNamedAccount(): Promise<{ uid: number; gid: number }> {
  const accounts = await readFile("/etc/passwd", "utf8").catch(() => "");
  const named = (uid: number) => accounts.split("\n").some((line) => line.split(":")[2] === String(uid));
  const uid = ACCOUNTS.find(named) ?? 65534;
  return { uid, gid: uid };
}

/** Whether the account can enter every directory on the way to `path`, and read what is there. */
async function reachable(path: string, account: { uid: number; gid: number }): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    const needed = at === path ? 0o5 : 0o1;
    if (((mode >> shift) & needed) !== needed) return false;
    if (at === dirname(at)) return true;
  }
}
