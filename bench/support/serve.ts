import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `sandlot serve` in a process of its own, as users run it. */
export interface Served {
  readonly url: string;
  readonly process: ChildProcess;
  /** Its data directory, removed by `stop`. */
  readonly folder: string;
  stop(): Promise<void>;
}

const SANDLOT = join(import.meta.dirname, "..", "..", "bin", "sandlot.js");

/** `settings` are paths of the configuration, e.g. `sandbox.mode`; `folder` is of a server before that was killed. */
export async function serve(
  settings: Readonly<Record<string, string | number>> = {},
  folder = mkdtempSync(join(tmpdir(), "sandlot-bench-")),
): Promise<Served> {
  const env = Object.fromEntries(
    Object.entries(settings).map(([path, value]) => [
      `SANDLOT_${path.toUpperCase().replaceAll(".", "_")}`,
      String(value),
    ]),
  );
  const child = spawn(
    process.execPath,
    [
      ...(process.env.PROF ? ["--cpu-prof", "--cpu-prof-dir=/tmp/prof/cpu"] : []),
      SANDLOT,
      "serve",
      "--port",
      "0",
      "--data-dir",
      folder,
      "--json",
    ],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      // Its log is written, as users have it, and read by nobody.
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (data) => {
      const line = String(data).split("\n")[0] ?? "";
      if (line.startsWith("{")) resolve((JSON.parse(line) as { url: string }).url);
    });
    child.once("exit", (code) => reject(new Error(`serve ended with ${code}`)));
  });
  return {
    url,
    process: child,
    folder,
    async stop() {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : Promise.resolve();
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
