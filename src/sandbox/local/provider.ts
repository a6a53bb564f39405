import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import { AgentSandbox } from "../agent/agent-sandbox.ts";
import { agentConfig, type Interpreter } from "../agent/config.ts";
import { AgentConnection } from "../agent/connection.ts";
import type { AgentTransport } from "../agent/transport.ts";
import type { SandboxEnd } from "../faults.ts";
import { readImageSource } from "../images/index.ts";
import type { ProviderReport, Sandbox, SandboxListing, SandboxOwner, SandboxProvider } from "../port.ts";
import type { ProvedLimit } from "../../contract/sandbox-limits.ts";
import { type SandboxMode, type SandboxSpec, assertSupported } from "../spec.ts";
import { bubblewrapArguments, findBubblewrap, type FoundBubblewrap, sandboxUser } from "./bubblewrap.ts";
import { findPython, type LocalPython } from "./python.ts";

const STDERR_KEPT = 4096;
const FIRST_DESCRIPTOR = 3;

export interface LocalProviderOptions {
  /** Paths or names of bubblewrap to try, in order. */
  readonly bubblewraps: readonly string[];
  /** Interpreters to try, in order. */
  readonly pythons: readonly string[];
  /** The folder `sandboxes/`. */
  readonly imagesRoot: string;
  readonly owner: SandboxOwner;
  /** Milliseconds. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

/**
 * Sandboxes as bubblewrap namespaces on this machine, over its own /usr and Python. For machines without an engine.
 * It has no cgroup: limits are those of each run (rlimits and the lane's sampling), not of the sandbox as a whole.
 */
export class LocalProvider implements SandboxProvider {
  readonly name = "local";
  readonly #options: LocalProviderOptions;
  readonly #live = new Map<string, { readonly sandbox: AgentSandbox; readonly listing: SandboxListing }>();
  #python: Promise<LocalPython | null> | null = null;
  #bubblewrap: Promise<FoundBubblewrap> | null = null;

  constructor(options: LocalProviderOptions) {
    this.#options = options;
  }

  unenforced(mode: SandboxMode): Partial<Record<ProvedLimit, string>> {
    const reason = "there is no cgroup: each run has its limits, all of them together have none";
    const inodes = "bubblewrap cannot cap them";
    return { memory_total: reason, processes_total: reason, ...(mode === "C" ? { inodes } : {}) };
  }

  async probe(): Promise<ProviderReport> {
    const unavailable = (detail: string) => ({ available: false, detail, facts: {} });
    if (process.platform !== "linux") return unavailable("bubblewrap needs Linux");
    const { version, problem } = await this.#findBubblewrap();
    if (problem) return unavailable(problem);
    const python = await this.#findPython();
    if (!python) return unavailable("no Python 3.9 or newer that an unprivileged user can run");
    const facts = {
      bubblewrap: version,
      python: `${python.version} (${python.executable})`,
      limits: "per run only, no cgroup",
    };
    return { available: true, detail: `bubblewrap ${version} works`, facts };
  }

  async create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox> {
    const { imagesRoot, owner, maxAgeMs, clock } = this.#options;
    assertSupported(spec);
    if (spec.runtime !== "default") {
      throw new SandlotError("sandbox_unsupported", { detail: `the local provider has no runtime ${spec.runtime}` });
    }
    const [python, bubblewrap] = await Promise.all([this.#findPython(), this.#findBubblewrap()]);
    if (bubblewrap.problem)
      throw new SandlotError("provider_unavailable", { provider: "local", detail: bubblewrap.problem });
    if (!python) throw new SandlotError("provider_unavailable", { provider: "local", detail: "no usable Python 3" });
    const { manifest } = await readImageSource(imagesRoot, spec.image);
    const id = newId("sandbox");
    const token = randomBytes(32).toString("hex");
    const child = this.#spawn(bubblewrap.path, spec, python, token);
    const connection = await AgentConnection.open(ctx, {
      sandboxId: id,
      transport: childTransport(child),
      token,
      config: agentConfig(spec, localInterpreters(manifest.interpreters, python), { ownUsers: true }),
      clock,
    });
    const sandbox = new AgentSandbox({
      id,
      provider: this.name,
      image: `${spec.image}@python-${python.version}`,
      connection,
    });
    const listing = { id, ...owner, expiresAt: clock.now() + maxAgeMs };
    this.#live.set(id, { sandbox, listing });
    void sandbox.ended.then(() => this.#live.delete(id));
    return sandbox;
  }

  /** Only our own: a local sandbox cannot outlive the process that made it. */
  list(): Promise<SandboxListing[]> {
    return Promise.resolve(Array.from(this.#live.values(), ({ listing }) => listing));
  }

  async remove(_ctx: CallContext, id: string): Promise<void> {
    const live = this.#live.get(id);
    live?.sandbox.disconnect();
    await live?.sandbox.ended;
  }

  #findPython(): Promise<LocalPython | null> {
    this.#python ??= findPython(this.#options.pythons);
    return this.#python;
  }

  #findBubblewrap(): Promise<FoundBubblewrap> {
    this.#bubblewrap ??= findBubblewrap(this.#options.bubblewraps);
    return this.#bubblewrap;
  }

  #spawn(bubblewrap: string, spec: SandboxSpec, python: LocalPython, token: string): ChildProcess {
    const folder = join(this.#options.imagesRoot, "agent");
    const paths = readdirSync(folder, { encoding: "utf8", recursive: true });
    const names = paths.filter((path) => /\.(py|bash)$|^hosts$/.test(path));
    const opened = names.map((name) => openSync(join(folder, name), "r"));
    try {
      const agentFiles = names.map((name, index) => ({ name, descriptor: FIRST_DESCRIPTOR + index }));
      const command = [python.executable, "-E", "-s", "-S", "/sandlot/agent/agent.py"];
      const args = bubblewrapArguments({ spec, pythonPrefix: python.prefix, agentFiles, command });
      return spawn(bubblewrap, args, {
        cwd: "/",
        // The token goes by the environment: command lines are everybody's to read.
        env: { PATH: "/usr/bin:/bin", SANDLOT_TOKEN: token },
        stdio: ["pipe", "pipe", "pipe", ...opened],
        // A session of its own: the terminal's Ctrl-C is ours to handle.
        detached: true,
        ...sandboxUser(),
      });
    } finally {
      for (const descriptor of opened) closeSync(descriptor);
    }
  }
}

/** The manifest's interpreters on this machine: whatever Python the image names, the machine's own runs. */
function localInterpreters(
  interpreters: Readonly<Record<string, Interpreter>>,
  python: LocalPython,
): Record<string, Interpreter> {
  const local: Record<string, Interpreter> = {
    plain: { kind: "fork", argv: [python.executable, "-E", "-s", "-S"], preload: [] },
  };
  for (const [name, interpreter] of Object.entries(interpreters)) {
    if (name === "python") local[name] = { ...interpreter, argv: [python.executable, "-s"] };
  }
  return local;
}

function childTransport(child: ChildProcess): AgentTransport {
  let stderr = "";
  child.stderr?.on("data", (data: Buffer) => {
    stderr = (stderr + data.toString("utf8")).slice(-STDERR_KEPT);
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  return {
    input: child.stdin as Writable,
    output: child.stdout as Readable,
    diagnose: async (): Promise<SandboxEnd> => {
      const how = await exited;
      return { cause: "agent_exit", detail: stderr ? `${how}: ${stderr.trim().slice(-500)}` : how };
    },
    destroy: () => child.kill("SIGKILL"),
  };
}
