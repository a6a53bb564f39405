import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `sandlot serve`, or another command that stays, in a process of its own, as users run it. */
export interface Launched {
  readonly process: ChildProcess;
  /** Its data directory. */
  readonly folder: string;
  /** Where it answers, as soon as it does, or nothing for one that listens nowhere; fails when it ends before. */
  readonly answering: Promise<string>;
  /** Stops it in good order; its data directory stays. */
  end(): Promise<void>;
}

export interface Served extends Omit<Launched, "answering"> {
  readonly url: string;
  /** Stops it in good order and removes its data directory. */
  stop(): Promise<void>;
}

export type Settings = Readonly<Record<string, string | number | boolean>>;

const SANDLOT = join(import.meta.dirname, "..", "..", "bin", "sandlot.js");

/** `settings` are paths of the configuration, e.g. `sandbox.mode`; `folder` is of a server before. */
export function launch(
  settings: Settings = {},
  folder = mkdtempSync(join(tmpdir(), "sandlot-bench-")),
  command: readonly [string, ...string[]] = ["serve", "--port", "0"],
  nodeOptions: readonly string[] = [],
): Launched {
  const env = Object.fromEntries(
    Object.entries(settings).map(([path, value]) => [
      `SANDLOT_${path.toUpperCase().replaceAll(".", "_")}`,
      String(value),
    ]),
  );
  const child = spawn(process.execPath, [...nodeOptions, SANDLOT, ...command, "--data-dir", folder, "--json"], {
    cwd: folder,
    env: { ...process.env, ...env },
    // Its log is written, as users have it, and read by nobody.
    stdio: ["ignore", "pipe", "ignore"],
  });
  const answering = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (data) => {
      const line = String(data).split("\n")[0] ?? "";
      if (line.startsWith("{")) resolve((JSON.parse(line) as { url?: string }).url ?? "");
    });
    child.once("exit", (code) => reject(new Error(`${command[0]} ended with ${code}`)));
  });
  // Who only wants to kill it does not wait for it.
  answering.catch(() => undefined);
  return {
    process: child,
    folder,
    answering,
    async end() {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : Promise.resolve();
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** The same, when it answers. */
export async function serve(settings: Settings = {}, folder?: string): Promise<Served> {
  const launched = launch(settings, folder);
  const url = await launched.answering;
  return {
    ...launched,
    url,
    async stop() {
      await launched.end();
      rmSync(launched.folder, { recursive: true, force: true });
    },
  };
}
