import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { readMetrics } from "../../src/models/fleet/prometheus.ts";

/** vLLM imports for one to five minutes, by how busy the machine is. */
const START_MS = 600_000;
const LOOK_MS = 500;

interface Engine {
  readonly url: string;
  readonly port: number;
  process: ChildProcess | null;
}

/** vLLM replicas as child processes, each a process group of its own: what is started here can be killed here. */
export class Engines {
  readonly #command: string;
  readonly #engines: readonly Engine[];

  /** `command` is a shell's, with `{port}` in it. */
  constructor(command: string, ports: readonly number[]) {
    this.#command = command;
    this.#engines = ports.map((port) => ({ port, url: `http://127.0.0.1:${port}`, process: null }));
  }

  get urls(): readonly string[] {
    return this.#engines.map(({ url }) => url);
  }

  /** One after the other: each takes a core to start. */
  async start(): Promise<void> {
    for (const [at] of this.#engines.entries()) await this.restart(at);
  }

  /** Returns when it answers. Throws when it does not come up. */
  async restart(at: number): Promise<void> {
    const engine = this.#at(at);
    await this.#ended(engine);
    const command = this.#command.replaceAll("{port}", String(engine.port));
    engine.process = spawn("bash", ["-c", `exec ${command}`], { detached: true, stdio: "ignore" });
    const until = performance.now() + START_MS;
    while (!(await isHealthy(engine.url))) {
      if (engine.process.exitCode !== null) throw new Error(`replica ${at} ended with ${engine.process.exitCode}`);
      if (performance.now() > until) throw new Error(`replica ${at} does not come up`);
      await sleep(LOOK_MS);
    }
  }

  /** To the replica's API server and engine alike. */
  signal(at: number, signal: NodeJS.Signals): void {
    const { process: child } = this.#at(at);
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, signal);
  }

  /** To the engine alone: its API server goes on, and says that all is well. */
  signalCore(at: number, signal: NodeJS.Signals): void {
    const pid = this.#at(at).process?.pid;
    for (const core of childrenOf(pid)) process.kill(core, signal);
  }

  /** Posts to one replica, beside the fleet. Throws for an answer that is no success. */
  async post(at: number, path: string, body: object | null = null): Promise<void> {
    const answer = await fetch(`${this.#at(at).url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(120_000),
    });
    if (!answer.ok) throw new Error(`${path} of replica ${at} answers ${answer.status}: ${await answer.text()}`);
  }

  /** A counter of each replica. */
  async counter(name: string): Promise<number[]> {
    return Promise.all(
      this.#engines.map(async ({ url }) => {
        const page = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(30_000) })).text();
        const samples = readMetrics(page, new Set([name])).get(name) ?? [];
        return samples.reduce((sum, { value }) => sum + value, 0);
      }),
    );
  }

  async stop(): Promise<void> {
    for (const [at] of this.#engines.entries()) this.signal(at, "SIGKILL");
    await Promise.all(this.#engines.map((engine) => this.#ended(engine)));
  }

  #at(at: number): Engine {
    const engine = this.#engines[at];
    if (!engine) throw new Error(`there is no replica ${at}`);
    return engine;
  }

  async #ended({ process: child }: Engine): Promise<void> {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  return answer?.ok === true;
}

function childrenOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  const ids = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(pid)], { encoding: "utf8" });
  const cores = Array.from(ids.matchAll(/^\s*(\d+)\s+(.*)$/gm)).filter(([, , name = ""]) => name.startsWith("VLLM"));
  return cores.map(([, id]) => Number(id));
}
