import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface EngineProcess {
  readonly url: string;
  /** Generations under way, by its own count. */
  readonly running: () => Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  ended(): Promise<void>;
}

/** Starts a stand-in in a process of its own; `closing` gets its end. */
export async function startEngineProcess(closing: (close: () => unknown) => void): Promise<EngineProcess> {
  const file = fileURLToPath(new URL("../../support/stand-in-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file], { stdio: ["ignore", "pipe", "inherit"] });
  const end = once(child, "exit").then(() => undefined);
  closing(async () => {
    child.kill("SIGKILL");
    await end;
  });
  const [url] = (await once(createInterface(child.stdout), "line", { signal: AbortSignal.timeout(30_000) })) as [
    string,
  ];
  return {
    url,
    running: async () => {
      const state = (await (await fetch(`${url}/mock/state`)).json()) as { engine: { running: number } };
      return state.engine.running;
    },
    signal: (signal) => void child.kill(signal),
    ended: () => end,
  };
}
