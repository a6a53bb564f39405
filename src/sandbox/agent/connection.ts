import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, orAborted, withScope } from "../../core/context.ts";
import { messageOf } from "../../core/errors/sandlot-error.ts";
import { type SandboxEnd, sandboxFault } from "../faults.ts";
import {
  Channel,
  type ChannelAnswer,
  type ChannelFault,
  type ChannelListener,
  parseObject,
  protocolError,
  textOf,
} from "./channel.ts";
import { SANDBOX_MODES, type SandboxMode } from "../spec.ts";
import type { AgentConfig } from "./config.ts";
import { encodeFrame, encodeJsonFrame, type Frame, FRAME, FrameDecoder } from "./frames.ts";
import type { AgentTransport } from "./transport.ts";
import { FrameWriter } from "./writer.ts";

const PROTOCOL_VERSION = 1;
const HANDSHAKE_MS = 60_000;
const PING_MS = 5_000;

export interface ConnectionOptions {
  readonly sandboxId: string;
  readonly transport: AgentTransport;
  /** Shared secret of host and agent; neither ever sends it. */
  readonly token: string;
  readonly config: AgentConfig;
  readonly clock: Clock;
}

/** One operation: its header, its body in parts, and what the answer may come to. */
export interface AgentCall {
  readonly header: Buffer;
  readonly sections: readonly Uint8Array[];
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly listener?: ChannelListener;
}

/** What the agent said of itself when the handshake was done. */
export interface AgentFacts {
  readonly mode: SandboxMode;
  readonly features: readonly string[];
}

/** An authenticated connection to an agent: many channels over one stream, a lease kept alive, one typed end. */
export class AgentConnection {
  readonly ended: Promise<SandboxEnd>;
  #facts: AgentFacts | null = null;
  readonly #options: ConnectionOptions;
  readonly #writer: FrameWriter;
  readonly #decoder = new FrameDecoder();
  readonly #channels = new Map<number, Channel>();
  readonly #pings: (() => void)[] = [];
  #nextChannel = 1;
  #end: SandboxEnd | null = null;
  #bye: SandboxEnd | null = null;
  #settleEnd!: (end: SandboxEnd) => void;
  #onHandshake: ((frame: Frame) => void) | null = null;
  #cancelRenewal: () => void = () => undefined;

  private constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#writer = new FrameWriter(options.transport.input);
    this.ended = new Promise((resolve) => (this.#settleEnd = resolve));
    const { input, output } = options.transport;
    output.on("data", (chunk: Buffer) => this.#receive(chunk));
    output.on("end", () => void this.#lost());
    output.on("error", () => void this.#lost());
    // A write into a dead agent is followed by the end of its output, which is what counts.
    input.on("error", () => void this.#lost());
  }

  /** Shakes hands; throws a fault when the agent is not what it should be, and lets go of the transport. */
  static async open(ctx: CallContext, options: ConnectionOptions): Promise<AgentConnection> {
    const connection = new AgentConnection(options);
    try {
      await withScope(
        ctx,
        { timeoutMs: HANDSHAKE_MS, waitingFor: "the sandbox's agent", clock: options.clock },
        (scope) => connection.#shakeHands(scope),
      );
    } catch (error) {
      connection.close();
      throw error;
    }
    if (!connection.#end) connection.#renewLater();
    return connection;
  }

  get facts(): AgentFacts {
    if (!this.#facts) throw new Error("the handshake is not done");
    return this.#facts;
  }

  /**
   * One operation. `maxBytes` bounds the answer; without an answer in `timeoutMs` the agent counts as stalled and
   * the connection ends, since nothing that it says later could be trusted to be on time.
   */
  async call(ctx: CallContext, request: AgentCall): Promise<ChannelAnswer | ChannelFault> {
    const { channel, close } = this.open(request.maxBytes, request.listener);
    try {
      return await this.within(request.timeoutMs, async () => {
        const sending = channel.send(FRAME.OPEN, request.header, request.sections);
        const answer = await orAborted(ctx, channel.answer);
        await sending;
        return answer;
      });
    } catch (error) {
      if (ctx.signal.aborted && !this.#end) channel.control(FRAME.CANCEL);
      throw error;
    } finally {
      close();
    }
  }

  /** A channel for an operation of many calls; the caller closes it. */
  open(maxBytes: number, listener?: ChannelListener): { readonly channel: Channel; readonly close: () => void } {
    this.#assertOpen();
    const number = this.#nextChannel++;
    const channel = new Channel(this.#writer, number, maxBytes, listener);
    this.#channels.set(number, channel);
    const close = () => {
      this.#channels.delete(number);
      channel.abandon();
    };
    return { channel, close };
  }

  /** Runs `work`; when it takes longer, the agent counts as stalled and the connection ends. */
  async within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
    const cancelTimer = this.#stallAfter(timeoutMs);
    try {
      return await work();
    } finally {
      cancelTimer();
    }
  }

  /** A round trip; an agent that does not answer in time counts as stalled. */
  async ping(ctx: CallContext): Promise<void> {
    this.#assertOpen();
    const cancelTimer = this.#stallAfter(PING_MS);
    try {
      // Settled by its end as well; raced against that, every ping would be kept until then.
      const pong = new Promise<void>((resolve) => this.#pings.push(resolve));
      this.#writer.control(encodeFrame(FRAME.PING, 0));
      await orAborted(ctx, pong);
      this.#assertOpen();
    } finally {
      cancelTimer();
    }
  }

  /** Ends the connection from our side; the agent ends itself with it. */
  close(): void {
    this.#finish({ cause: "closed", detail: "closed by its owner" });
  }

  async #shakeHands(ctx: CallContext): Promise<void> {
    const { token, config } = this.#options;
    const proof = (side: string, theirs: string, ours: string) =>
      createHmac("sha256", token).update(`${side}|${theirs}|${ours}`).digest("hex");
    const hello = parseObject((await this.#handshakeFrame(ctx, FRAME.HELLO)).payload);
    const versions = Array.isArray(hello["versions"]) ? hello["versions"] : [];
    if (!versions.includes(PROTOCOL_VERSION)) throw protocolError(`the agent speaks versions ${versions.join(", ")}`);
    const theirs = textOf(hello["nonce"]);
    const nonce = randomBytes(16).toString("hex");
    this.#writer.control(
      encodeJsonFrame(FRAME.AUTH, 0, { version: PROTOCOL_VERSION, nonce, proof: proof("host", theirs, nonce), config }),
    );
    const ready = parseObject((await this.#handshakeFrame(ctx, FRAME.READY)).payload);
    const expected = Buffer.from(proof("agent", theirs, nonce));
    const given = Buffer.from(textOf(ready["proof"]));
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw protocolError("the agent's proof is wrong");
    const mode = SANDBOX_MODES.find((known) => known === ready["mode"]);
    if (!mode) throw protocolError(`unknown mode ${String(ready["mode"])}`);
    this.#facts = { mode, features: Array.isArray(ready["features"]) ? ready["features"].map(String) : [] };
  }

  async #handshakeFrame(ctx: CallContext, type: number): Promise<Frame> {
    const frame = new Promise<Frame>((resolve) => (this.#onHandshake = resolve));
    const got = await orAborted(ctx, Promise.race([frame, this.ended]));
    if ("cause" in got) throw sandboxFault(this.#options.sandboxId, got);
    if (got.type !== type) throw protocolError(`frame of type ${got.type} in the handshake`);
    return got;
  }

  #receive(chunk: Buffer): void {
    if (this.#end) return;
    try {
      for (const frame of this.#decoder.feed(chunk)) this.#dispatch(frame);
    } catch (error) {
      this.#finish({ cause: "protocol", detail: messageOf(error) });
    }
  }

  #dispatch(frame: Frame): void {
    if (frame.type === FRAME.BYE) {
      this.#bye = byeCause(parseObject(frame.payload));
    } else if (frame.type === FRAME.PONG) {
      this.#pings.shift()?.();
    } else if (frame.channel === 0) {
      const expecting = this.#onHandshake;
      this.#onHandshake = null;
      if (!expecting) throw protocolError(`unexpected frame of type ${frame.type}`);
      expecting(frame);
    } else if (this.#channels.get(frame.channel)?.receive(frame.type, frame.payload)) {
      this.#channels.delete(frame.channel);
    }
    // Frames of a channel that we have given up are late, not wrong.
  }

  /** Ends the connection when the time is over; the returned function calls it off. */
  #stallAfter(ms: number): () => void {
    let over = false;
    const cancel = this.#options.clock.after(ms, () => {
      // When this process itself was busy, the answer may lie there unread: reading goes before timing out.
      setImmediate(() => {
        setImmediate(() => !over && this.#finish({ cause: "stalled", detail: "the agent did not answer in time" }));
      });
    });
    return () => {
      over = true;
      cancel();
    };
  }

  async #lost(): Promise<void> {
    if (this.#end) return;
    this.#finish(this.#bye ?? (await this.#options.transport.diagnose().catch(unknownEnd)));
  }

  #finish(end: SandboxEnd): void {
    if (this.#end) return;
    this.#end = end;
    for (const settle of this.#pings.splice(0)) settle();
    this.#cancelRenewal();
    if (end.cause === "closed" && this.#options.transport.input.writable) {
      this.#options.transport.input.write(encodeJsonFrame(FRAME.BYE, 0, { reason: "closed" }));
    }
    this.#writer.close();
    const fault = sandboxFault(this.#options.sandboxId, end);
    for (const channel of this.#channels.values()) channel.fail(fault);
    this.#channels.clear();
    this.#options.transport.destroy();
    this.#settleEnd(end);
  }

  #renewLater(): void {
    const { clock, config } = this.#options;
    this.#cancelRenewal = clock.after(config.lease_ms / 3, () => {
      this.#writer.control(encodeJsonFrame(FRAME.RENEW, 0, { ttl_ms: config.lease_ms }));
      this.#renewLater();
    });
  }

  #assertOpen(): void {
    if (this.#end) throw sandboxFault(this.#options.sandboxId, this.#end);
  }
}

function unknownEnd(error: unknown): SandboxEnd {
  return { cause: "agent_exit", detail: messageOf(error) };
}

function byeCause(bye: Record<string, unknown>): SandboxEnd {
  const reason = textOf(bye["reason"]);
  const detail = `${reason} ${textOf(bye["detail"])}`.trim();
  if (reason === "lease_expired") return { cause: "lease_expired", detail };
  if (reason === "used_up" || reason === "closed" || reason === "host_gone") return { cause: "closed", detail };
  if (reason === "protocol_error" || reason === "auth_failed") return { cause: "protocol", detail };
  if (reason === "mode_unavailable" || reason === "template_failed") return { cause: "setup", detail };
  return { cause: "agent_exit", detail };
}
