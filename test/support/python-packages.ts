import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const INSTALL_MS = 180_000;

/** A virtual environment with packages from PyPI, beside the other tools that a checkout fetches, so that it is fetched once. */
export interface PythonPackages {
  /** Answers why the packages cannot be had, or null. */
  install(): Promise<string | null>;
  /** Runs a script and answers what it printed, as JSON. */
  run(script: string, args: readonly string[]): Promise<unknown>;
}

/** `packages` are pinned requirements by the name under which each is imported. */
export function pythonPackages(folder: string, packages: Readonly<Record<string, string>>): PythonPackages {
  const root = join(import.meta.dirname, "../../.sandlot/tools", folder);
  const python = join(root, "bin/python");
  const importable = () =>
    run(python, ["-c", `import ${Object.keys(packages).join(", ")}`]).then(
      () => true,
      () => false,
    );
  return {
    async install() {
      try {
        if (existsSync(python) && (await importable())) return null;
        await rm(root, { recursive: true, force: true });
        await run("python3", ["-m", "venv", root]);
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...Object.values(packages)];
        await run(python, pip, { timeout: INSTALL_MS });
        return (await importable()) ? null : "it does not import";
      } catch (error) {
        await rm(root, { recursive: true, force: true });
        return String((error as { stderr?: string }).stderr ?? error)
          .trim()
          .slice(-300);
      }
    },
    async run(script, args) {
      const { stdout } = await run(python, [script, ...args], { timeout: 60_000, maxBuffer: 1 << 26 });
      return JSON.parse(stdout) as unknown;
    },
  };
}
