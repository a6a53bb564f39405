import { type CallContext, orAborted, rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { type SandboxEnd, sandboxFault } from "../faults.ts";
import type { Sandbox } from "../port.ts";
import type { HeldBytes, RunRequest, RunResult } from "../run.ts";
import type { SandboxSession, SessionRequest } from "../session.ts";
import type { SandboxMode } from "../spec.ts";
import type { ChannelFault } from "./channel.ts";
import type { AgentConnection } from "./connection.ts";
import { AgentSession } from "./agent-session.ts";
import { decodeResult, STDOUT } from "./decode-result.ts";
import { type BridgeEnd, encodeRun, encodeSession, testsRequest } from "./encode-run.ts";
import { FRAME, MAX_PAYLOAD } from "./frames.ts";

/** Beyond a run's own wall limit: set-up, killing, collecting. The agent itself gives up after half of it. */
const ANSWER_GRACE_MS = 10_000;
const HOLD_MS = 30_000;

export interface AgentSandboxOptions {
  readonly id: string;
  readonly provider: string;
  readonly image: string;
  readonly connection: AgentConnection;
}

/** A sandbox that is reached through its agent. */
export class AgentSandbox implements Sandbox {
  readonly id: string;
  readonly provider: string;
  readonly image: string;
  readonly mode: SandboxMode;
  readonly ended: Promise<SandboxEnd>;
  readonly #connection: AgentConnection;
  #worn = false;
  #bridges = 0;

  constructor(options: AgentSandboxOptions) {
    this.id = options.id;
    this.provider = options.provider;
    this.image = options.image;
    this.mode = options.connection.facts.mode;
    this.ended = options.connection.ended;
    this.#connection = options.connection;
  }

  get worn(): boolean {
    return this.#worn;
  }

  run(ctx: CallContext, request: RunRequest): Promise<RunResult> {
    const { tests, program } = request;
    return tests ? this.#runPair(ctx, request, testsRequest(tests, program)) : this.#runOne(ctx, request);
  }

  /** When one of the two comes to nothing, the other is ended, too. */
  async #runPair(ctx: CallContext, request: RunRequest, tests: RunRequest): Promise<RunResult> {
    if (this.mode === "C") throw new SandlotError("sandbox_unsupported", { detail: "a bridge, in mode C" });
    const bridge = ++this.#bridges;
    const over = new AbortController();
    const signal = AbortSignal.any([ctx.signal, over.signal]);
    const half = async (run: RunRequest, end: BridgeEnd) => {
      try {
        return await this.#runOne({ ...ctx, signal }, run, end);
      } catch (error) {
        if (!over.signal.aborted) over.abort(error);
        throw error;
      }
    };
    const halves = [half(request, { bridge, role: "candidate" }), half(tests, { bridge, role: "tests" })] as const;
    const [candidate, judge] = await Promise.allSettled(halves);
    if (candidate.status === "fulfilled" && judge.status === "fulfilled")
      return { ...candidate.value, tests: judge.value };
    throw over.signal.aborted ? over.signal.reason : ctx.signal.reason;
  }

  async #runOne(ctx: CallContext, request: RunRequest, end?: BridgeEnd): Promise<RunResult> {
    const timeoutMs = request.limits.wallMs + ANSWER_GRACE_MS;
    const { onOutput } = request;
    const onLive =
      onOutput && ((stream: number, data: Buffer) => onOutput(stream === STDOUT ? "stdout" : "stderr", data));
    const answer = await this.#connection.call(ctx, { ...encodeRun(request, end), timeoutMs, listener: { onLive } });
    if ("code" in answer) throw this.#fault(answer);
    const { result, worn } = decodeResult(answer, this.mode);
    this.#worn ||= worn;
    return result;
  }

  async hold(ctx: CallContext, data: Uint8Array): Promise<HeldBytes> {
    const { channel, close } = this.#connection.open(MAX_PAYLOAD);
    try {
      const header = Buffer.from(JSON.stringify({ op: "hold", size: data.length }));
      const answer = await this.#connection.within(HOLD_MS, async () => {
        const sending = channel.send(FRAME.OPEN, header, [data]);
        const settled = await orAborted(ctx, channel.answer);
        await sending;
        return settled;
      });
      if (!("code" in answer)) return { sandboxId: this.id, number: channel.number, size: data.length };
      if (answer.code !== "held_full") throw this.#fault(answer);
      throw new SandlotError("sandbox_unavailable", { pool: this.id, detail: answer.detail });
    } finally {
      close();
    }
  }

  drop(held: HeldBytes): void {
    const header = Buffer.from(JSON.stringify({ op: "drop", number: held.number }));
    const call = { header, sections: [], maxBytes: MAX_PAYLOAD, timeoutMs: HOLD_MS };
    // A sandbox that has gone has let go of everything.
    this.#connection.call(rootContext(), call).catch(() => undefined);
  }

  async openSession(ctx: CallContext, request: SessionRequest): Promise<SandboxSession> {
    const session = new AgentSession({
      sandboxId: this.id,
      connection: this.#connection,
      request: encodeSession(request, !("shell" in request.program)),
      limits: request.limits,
      onWorn: () => (this.#worn = true),
    });
    await session.start(ctx, (end) =>
      this.#fault(end.fault ?? { code: "lane_lost", detail: `its program ended before its first call: ${end.reason}` }),
    );
    return session;
  }

  check(ctx: CallContext): Promise<void> {
    return this.#connection.ping(ctx);
  }

  /** Ends the connection, and with it the agent. */
  disconnect(): void {
    this.#connection.close();
  }

  #fault({ code, detail }: ChannelFault): SandlotError {
    switch (code) {
      case "lane_stalled":
        return sandboxFault(this.id, { cause: "stalled", detail });
      case "bad_request":
      case "lane_setup_failed":
        return sandboxFault(this.id, { cause: "setup", detail });
      case "cancelled":
        return sandboxFault(this.id, { cause: "closed", detail });
      default:
        return sandboxFault(this.id, { cause: "lane_lost", detail: `${code} ${detail}`.trim() });
    }
  }
}
