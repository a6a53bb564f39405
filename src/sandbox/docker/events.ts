import type { Readable } from "node:stream";
import { type Clock, sleep } from "../../core/clock.ts";
import { rootContext, withScope } from "../../core/context.ts";
import type { SandboxEnd } from "../faults.ts";
import { LABELS } from "../labels.ts";
import { type Engine, openedStream } from "./engine.ts";

/** What the engine said about one container. */
interface Fate {
  oom: boolean;
  killedBy: string | null;
  exitCode: string | null;
}

const WAIT_FOR_FATE_MS = 1_500;
const POLL_MS = 25;
const OPEN_MS = 60_000;
const REMEMBERED = 4096;

interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
}

/**
 * Watches the engine's events of this installation's containers, so that the end of each has a cause: killed from
 * outside, out of memory, or with it. One connection for all of them, opened when first needed.
 */
export class EngineEvents {
  readonly #engine: Engine;
  readonly #installation: string;
  readonly #clock: Clock;
  readonly #fates = new Map<string, Fate>();
  #stream: Promise<Readable> | null = null;
  #current: Readable | null = null;

  constructor(options: { engine: Engine; installation: string; clock: Clock }) {
    this.#engine = options.engine;
    this.#installation = options.installation;
    this.#clock = options.clock;
  }

  /** Starts watching; resolves when events are being received. */
  async watch(): Promise<void> {
    this.#stream ??= this.#open();
    try {
      await this.#stream;
    } catch (error) {
      this.#stream = null;
      throw error;
    }
  }

  /** Why the container with this name ended; waits a moment for the engine's word. */
  async fateOf(name: string, stderr: string): Promise<SandboxEnd> {
    const deadline = this.#clock.monotonic() + WAIT_FOR_FATE_MS;
    while (!this.#fates.get(name)?.exitCode && this.#stream && this.#clock.monotonic() < deadline) {
      await sleep(this.#clock, POLL_MS);
    }
    const fate = this.#fates.get(name);
    this.#fates.delete(name);
    if (fate?.oom) return { cause: "oom", detail: "the kernel ran out of the sandbox's memory" };
    if (fate?.killedBy) return { cause: "killed", detail: `signal ${fate.killedBy} by way of the engine` };
    if (!this.#stream || !(await this.#engineAnswers())) return { cause: "engine", detail: "the engine went away" };
    const exit = fate?.exitCode ? `exit code ${fate.exitCode}` : "no word of its end";
    return { cause: "agent_exit", detail: stderr ? `${exit}: ${stderr.slice(-500)}` : exit };
  }

  close(): void {
    const stream = this.#stream;
    this.#stream = null;
    stream?.then((open) => open.destroy()).catch(() => undefined);
  }

  async #open(): Promise<Readable> {
    const filters = {
      type: ["container"],
      label: [`${LABELS.installation}=${this.#installation}`],
      event: ["oom", "kill", "die"],
    };
    const opening = this.#engine.streams.getEvents({ filters: JSON.stringify(filters) }) as Promise<Readable>;
    const scope = { timeoutMs: OPEN_MS, waitingFor: "the engine's events", clock: this.#clock };
    const stream = await withScope(rootContext(), scope, (ctx) => openedStream(ctx, opening));
    let rest = "";
    stream.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim()) this.#note(line);
    });
    // Not at the end of an old stream when another has been opened meanwhile.
    const gone = () => {
      if (this.#current === stream) this.#stream = this.#current = null;
    };
    this.#current = stream;
    stream.on("close", gone).on("error", gone).on("end", gone);
    return stream;
  }

  #note(line: string): void {
    const event = readEvent(line);
    const attributes = event.Actor?.Attributes ?? {};
    const name = attributes["name"];
    if (!name) return;
    const fate = this.#fates.get(name) ?? { oom: false, killedBy: null, exitCode: null };
    if (event.Action === "oom") fate.oom = true;
    if (event.Action === "kill") fate.killedBy = attributes["signal"] ?? "9";
    if (event.Action === "die") fate.exitCode = attributes["exitCode"] ?? "unknown";
    this.#fates.set(name, fate);
    // Fates of sandboxes that we removed ourselves are never asked for.
    const oldest = this.#fates.size > REMEMBERED ? this.#fates.keys().next().value : undefined;
    if (oldest !== undefined) this.#fates.delete(oldest);
  }

  async #engineAnswers(): Promise<boolean> {
    try {
      await this.#engine.short.ping();
      return true;
    } catch {
      return false;
    }
  }
}

/** A line that is no event tells nothing. */
function readEvent(line: string): EngineEvent {
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return {};
  }
}
