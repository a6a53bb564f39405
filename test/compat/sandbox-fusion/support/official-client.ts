import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const PACKAGE = "sandbox-fusion==0.3.7";
/** Beside the other tools that a checkout fetches, so that it is fetched once. */
const FOLDER = join(import.meta.dirname, "../../../../.sandlot/tools/sandbox-fusion-0.3.7");
const PYTHON = join(FOLDER, "bin/python");
const SCRIPT = join(import.meta.dirname, "client.py");
const INSTALL_MS = 120_000;

/** Installs the official client from PyPI. Answers why it cannot be had, or null. */
export async function installOfficialClient(): Promise<string | null> {
  try {
    if (existsSync(PYTHON) && (await imports())) return null;
    await rm(FOLDER, { recursive: true, force: true });
    await run("python3", ["-m", "venv", FOLDER]);
    await run(PYTHON, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE], {
      timeout: INSTALL_MS,
    });
    return (await imports()) ? null : "it does not import";
  } catch (error) {
    await rm(FOLDER, { recursive: true, force: true });
    return String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .slice(-300);
  }
}

async function imports(): Promise<boolean> {
  return run(PYTHON, ["-c", "import sandbox_fusion"]).then(
    () => true,
    () => false,
  );
}

/** What the client got in the named steps of client.py, or in all of them. */
export async function driveOfficialClient(
  url: string,
  steps: readonly string[] = [],
): Promise<Record<string, unknown>> {
  const { stdout } = await run(PYTHON, [SCRIPT, url, ...steps], { timeout: 60_000, maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Record<string, unknown>;
}
