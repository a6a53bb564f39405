import { systemClock } from "../../../src/core/clock.ts";
import type { CallContext } from "../../../src/core/context.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import {
  DEFAULT_POOL_LIMITS,
  type FaultCause,
  type HeldBytes,
  type PoolLimits,
  type RunRequest,
  type RunResult,
  type Sandbox,
  type SandboxMode,
  SandboxPools,
  type SandboxProvider,
  type SandboxSession,
  type SandboxSpec,
  type SessionCall,
  type SessionEnd,
  type SessionReply,
} from "../../../src/sandbox/index.ts";
import { sandboxFault } from "../../../src/sandbox/faults.ts";

/** What a program in a memory sandbox finds there. */
export interface Inside {
  readonly sandbox: Sandbox;
  readonly spec: SandboxSpec;
  readonly request: RunRequest;
  /** Text of the program: its source, or the words of its command line. */
  readonly text: string;
  /** Contents of its files by path, held ones included. */
  readonly files: ReadonlyMap<string, string>;
  /** Runs in the sandbox now, this one included. */
  readonly beside: number;
  /** Ends the sandbox, and with it every run and session in it. */
  readonly bringDown: (cause: FaultCause) => Promise<never>;
}

export type Play = (inside: Inside) => RunResult | Promise<RunResult>;

const none = { head: Buffer.alloc(0), tail: Buffer.alloc(0), dropped: 0 };

/** A result of a program that printed `stdout`. */
export function printed(stdout: string, more: Partial<RunResult> = {}): RunResult {
  return {
    exit: { code: 0 },
    limit: null,
    unexplainedKill: false,
    oomNearby: false,
    starvedMs: 0,
    stdout: { ...none, head: Buffer.from(stdout) },
    stderr: none,
    files: [],
    times: { setupMs: 1, wallMs: 2, cpuMs: 3, teardownMs: 4 },
    memoryPeakBytes: 5,
    mode: "B",
    ...more,
  };
}

/** A fault of a run in a sandbox that lives on. */
export function faultOf(sandbox: Sandbox, cause: FaultCause): SandlotError {
  return sandboxFault(sandbox.id, { cause, detail: "by the test" });
}

interface MemorySandbox extends Sandbox {
  end(cause: FaultCause): void;
}

export interface MemoryOptions {
  readonly mode?: SandboxMode;
  /** Bytes that a sandbox holds; more is refused. Default: any. */
  readonly holds?: number;
}

/** Sandboxes in memory that keep the port's promises: what ends takes everything in it along, what is gone is lost. */
export function memorySandboxes(play: Play, options: MemoryOptions = {}) {
  const alive = new Map<string, MemorySandbox>();
  const counts = { created: 0, runs: 0, holds: 0, drops: 0, running: 0, mostRunning: 0 };

  const create = (spec: SandboxSpec): MemorySandbox => {
    const id = `sbx_${++counts.created}`;
    const held = new Map<number, string>();
    let gone: FaultCause | null = null;
    let running = 0;
    let settle: (end: { cause: FaultCause; detail: string }) => void = () => undefined;
    const ended = new Promise<{ cause: FaultCause; detail: string }>((resolve) => (settle = resolve));
    const lost = ended.then((end): never => {
      throw sandboxFault(id, end);
    });
    lost.catch(() => undefined);
    const end = (cause: FaultCause) => {
      gone ??= cause;
      alive.delete(id);
      settle({ cause, detail: "by the test" });
    };
    const assertAlive = () => {
      if (gone) throw sandboxFault(id, { cause: gone, detail: "is gone" });
    };
    const whileWanted = <T>(ctx: CallContext, work: Promise<T>): Promise<T> =>
      Promise.race([
        work,
        lost,
        new Promise<never>((_, reject) => {
          if (ctx.signal.aborted) reject(ctx.signal.reason as Error);
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
        }),
      ]);
    const sandbox: MemorySandbox = {
      id,
      provider: "memory",
      mode: options.mode ?? "B",
      image: `${spec.image}@memory`,
      ended,
      end,
      worn: false,
      async run(ctx, request) {
        assertAlive();
        counts.runs++;
        running++;
        counts.mostRunning = Math.max(counts.mostRunning, ++counts.running);
        const files = new Map<string, string>();
        for (const { path, data } of request.files ?? []) {
          const content = "number" in data ? held.get(data.number) : Buffer.from(data).toString();
          if (content === undefined) throw new Error(`${path} is not held by ${id}`);
          files.set(path, content);
        }
        const { program } = request;
        const text = "argv" in program ? program.argv.join(" ") : program.source;
        const bringDown = (cause: FaultCause) => {
          end(cause);
          return lost;
        };
        const inside = { sandbox, spec, request, text, files, beside: running, bringDown };
        try {
          return await whileWanted(
            ctx,
            Promise.resolve().then(() => play(inside)),
          );
        } finally {
          running--;
          counts.running--;
        }
      },
      async hold(_ctx, data): Promise<HeldBytes> {
        assertAlive();
        const full = [...held.values()].reduce((sum, text) => sum + text.length, data.length);
        if (full > (options.holds ?? Infinity))
          throw new SandlotError("sandbox_unavailable", { pool: id, detail: "holds too much already" });
        const number = ++counts.holds;
        held.set(number, Buffer.from(data).toString());
        return { sandboxId: id, number, size: data.length };
      },
      drop({ number }) {
        if (held.delete(number)) counts.drops++;
      },
      async openSession(ctx) {
        assertAlive();
        if (ctx.signal.aborted) throw ctx.signal.reason;
        return openSession({ lost, assertAlive, whileWanted });
      },
      async check() {
        assertAlive();
      },
    };
    alive.set(id, sandbox);
    return sandbox;
  };

  const provider: SandboxProvider = {
    name: "memory",
    probe: async () => ({ available: true, detail: "", facts: {} }),
    list: async () => [],
    async create(_ctx, spec) {
      await Promise.resolve();
      return create(spec);
    },
    async remove(_ctx, id) {
      alive.get(id)?.end("closed");
    },
  };
  return { provider, alive, counts };
}

interface SessionPlace {
  readonly lost: Promise<never>;
  readonly assertAlive: () => void;
  readonly whileWanted: <T>(ctx: CallContext, work: Promise<T>) => Promise<T>;
}

/** A session whose state is the text of all its calls. `exit` ends it, `hang` waits for an interrupt, `fault` meets one. */
function openSession({ lost, assertAlive, whileWanted }: SessionPlace): SandboxSession {
  let state = "";
  let over: SessionEnd | null = null;
  let settle: (end: SessionEnd) => void = () => undefined;
  let interrupt: () => void = () => undefined;
  /** The call that is performed, or the last one. */
  let last: Promise<unknown> = Promise.resolve();
  const ended = new Promise<SessionEnd>((resolve) => (settle = resolve));
  const finish = (reason: SessionEnd["reason"], detail: string | null = null) => {
    over ??= { reason, detail };
    settle(over);
  };
  lost.catch((error: unknown) => finish("sandbox_lost", String(error)));
  const gone = ended.then((end): never => {
    throw new SandlotError("session_ended", { session_id: "inner", ...end });
  });
  gone.catch(() => undefined);
  const reply = (status: SessionReply["status"]): SessionReply => ({
    status,
    value: state,
    error: null,
    exitCode: null,
    exit: null,
    limit: null,
    stdout: none,
    stderr: none,
    times: { wallMs: 1, cpuMs: 1 },
    memoryPeakBytes: 1,
  });
  const perform = async ({ code }: SessionCall): Promise<SessionReply> => {
    state += code;
    if (code === "exit") {
      // A moment later than the call that sees it.
      setImmediate(() => finish("exit"));
      return reply("ended");
    }
    if (code === "fault") throw sandboxFault("sbx", { cause: "lane_lost", detail: "by the test" });
    if (code !== "hang") return reply("ok");
    await new Promise<void>((resolve) => (interrupt = resolve));
    return reply("interrupted");
  };
  return {
    ended,
    async call(ctx, call) {
      assertAlive();
      if (over !== null) throw new SandlotError("session_ended", { session_id: "inner", ...over });
      const turn = last.then(() => perform(call));
      last = turn.catch(() => undefined);
      return whileWanted(ctx, Promise.race([turn, gone]));
    },
    interrupt: () => interrupt(),
    write: async () => undefined,
    read: async () => [],
    async close() {
      finish("closed");
    },
  };
}

/** Pools over it, without the self-test of sandboxes that there is nothing to test of. */
export function memoryPools(
  memory: ReturnType<typeof memorySandboxes>,
  limits: Partial<PoolLimits> = {},
  clock = systemClock,
): SandboxPools {
  const { provider } = memory;
  return new SandboxPools({
    provider,
    limits: { ...DEFAULT_POOL_LIMITS, ...limits },
    server: { creationsPerSecond: 10_000, creationsAtOnce: 100 },
    maker: {
      create: (ctx, spec) => provider.create(ctx, spec),
      isProved: () => true,
      sandboxIds: [],
      close: async () => undefined,
    },
    clock,
    logger: silentLogger,
  });
}
