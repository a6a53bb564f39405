import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptInstall, maySetUp } from "./engine.mjs";
import { must, probe, ROOT, say } from "./process.mjs";

/** Images that our Dockerfiles start from, under the names that users pull. */
const BASES = {
  "debian:trixie-slim": "bootstrap-debian.sh",
  "node:24-slim": "bootstrap-node.sh",
};

/**
 * Sees to it that a base image is on the engine: there already, pulled, or, on a machine that reaches package mirrors but
 * no registry, made from Debian's packages under the same name, so that the same Dockerfiles build either way.
 */
export async function ensureBaseImage(name) {
  if ((await probe("docker", ["image", "inspect", name])).code === 0) return;
  say(`pulling ${name}`);
  if ((await probe("timeout", ["60", "docker", "pull", "--quiet", name])).code === 0) return;
  if (!maySetUp())
    throw new Error(`${name} cannot be pulled: make a registry reachable, or run as root on Debian with --setup`);
  if ((await probe("mmdebstrap", ["--version"])).code !== 0) await aptInstall("mmdebstrap");
  say(`no registry in reach: making ${name} from Debian's packages`);
  const work = mkdtempSync(join(tmpdir(), "sandlot-base-"));
  try {
    await must(`making ${name}`, "sh", [join(ROOT, "scripts", BASES[name]), work, name]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
