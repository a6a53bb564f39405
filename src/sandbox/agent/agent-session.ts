import { type CallContext, orAborted, throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { faultCause, sandboxLost } from "../faults.ts";
import type { InputFile, OutputFile, OutputRequest, RunLimits } from "../run.ts";
import type { SandboxSession, SessionEnd, SessionCall, SessionReply } from "../session.ts";
import type { Channel, ChannelAnswer } from "./channel.ts";
import type { AgentConnection } from "./connection.ts";
import { decodeFiles, decodeReply, decodeSessionEnd, type SessionEndReport } from "./decode-session.ts";
import { checkPaths, DEFAULT_FILE_MODE, DEFAULT_KEEP_BYTES, type EncodedRun, refused } from "./encode-run.ts";
import { FRAME, MAX_PAYLOAD } from "./frames.ts";

/** Beyond a call's own wall limit: the interrupt's grace, collecting, an agent under load. */
const ANSWER_GRACE_MS = 10_000;
/** A session without a call to bound it: files in and out. */
const FILES_MS = 30_000;

export interface AgentSessionOptions {
  readonly sandboxId: string;
  readonly connection: AgentConnection;
  readonly request: EncodedRun;
  readonly limits: RunLimits;
  /** Called at its end, before `ended` settles, when the sandbox had better get no more work. */
  readonly onWorn: () => void;
}

interface Ask {
  readonly header: object;
  /** Of the request, to name when the header is too long. */
  readonly field: string;
  readonly body: readonly Uint8Array[];
  /** What the reply may come to. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A session over one channel of an agent. */
export class AgentSession implements SandboxSession {
  readonly ended: Promise<SessionEnd>;
  readonly #options: AgentSessionOptions;
  readonly #channel: Channel;
  readonly #close: () => void;
  readonly #end: Promise<SessionEndReport>;
  #ending: SessionEndReport | null = null;
  /** Who waits for the next reply. */
  #waiting: { onReply(reply: ChannelAnswer): void; onEnd(end: SessionEndReport): void } | null = null;
  /** The call that is running, or the last one: calls go one after another. */
  #last: Promise<unknown> = Promise.resolve();
  #number = 0;

  constructor(options: AgentSessionOptions) {
    this.#options = options;
    const opened = options.connection.open(MAX_PAYLOAD, { onReply: (reply) => this.#replied(reply) });
    this.#channel = opened.channel;
    this.#close = opened.close;
    this.#end = this.#channel.answer.then(decodeSessionEnd).catch((thrown: unknown) => {
      const error = SandlotError.from(thrown);
      return { ...sandboxLost(faultCause(error) ?? error.code, error.message), exit: null, error, worn: false };
    });
    void this.#end.then((end) => this.#hasEnded(end));
    this.ended = this.#end.then(({ reason, detail, worn }) => {
      if (worn) options.onWorn();
      return { reason, detail };
    });
  }

  /** Resolves when the program waits for its first call; throws what kept it from that. */
  async start(ctx: CallContext, fault: (end: SessionEndReport) => SandlotError): Promise<void> {
    const { connection, request } = this.#options;
    try {
      const send = () => this.#channel.send(FRAME.OPEN, request.header, request.sections);
      const gone = (end: SessionEndReport) => end.error ?? fault(end);
      await orAborted(
        ctx,
        connection.within(ANSWER_GRACE_MS, () => this.#exchange(send, gone)),
      );
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async call(ctx: CallContext, call: SessionCall): Promise<SessionReply> {
    if (call.code.includes("\0")) throw refused("code", "must not contain NUL bytes");
    const { limits } = this.#options;
    const wallMs = call.wallMs ?? limits.wallMs;
    const keepBytes = call.keepBytes ?? DEFAULT_KEEP_BYTES;
    const header = { op: "execute", wall_ms: wallMs, cpu_ms: call.cpuMs ?? limits.cpuMs, keep_bytes: keepBytes };
    const maxBytes = 2 * keepBytes + MAX_PAYLOAD;
    return this.#inTurn(ctx, async () => {
      const body = [Buffer.from(call.code)];
      const reply = await this.#ask({ header, field: "code", body, maxBytes, timeoutMs: wallMs + ANSWER_GRACE_MS });
      return decodeReply(reply, reply.report["status"] === "ended" ? await this.#end : null);
    });
  }

  interrupt(): void {
    this.#channel.control(FRAME.INTERRUPT);
  }

  async write(ctx: CallContext, files: readonly InputFile[]): Promise<void> {
    checkPaths(files);
    const data = files.map((file) => {
      if ("number" in file.data || file.archive) throw refused("files", "a session takes plain files only");
      return file.data;
    });
    const manifest = Buffer.from(
      JSON.stringify(
        files.map(({ path, mode }, index) => ({
          path,
          size: data[index]?.length ?? 0,
          mode: mode ?? DEFAULT_FILE_MODE,
        })),
      ),
    );
    const header = { op: "write", manifest: manifest.length };
    const ask = { header, field: "files", body: [manifest, ...data], maxBytes: MAX_PAYLOAD, timeoutMs: FILES_MS };
    const reply = await this.#inTurn(ctx, () => this.#ask(ask));
    if (reply.report["status"] !== "ok") throw refused("files", String(reply.report["detail"]));
  }

  async read(ctx: CallContext, outputs: readonly OutputRequest[]): Promise<OutputFile[]> {
    checkPaths(outputs);
    const maxBytes = outputs.reduce((sum, output) => sum + output.limit, 0) + MAX_PAYLOAD;
    const ask = { header: { op: "read", outputs }, field: "outputs", body: [], maxBytes, timeoutMs: FILES_MS };
    return decodeFiles(await this.#inTurn(ctx, () => this.#ask(ask)));
  }

  async close(): Promise<void> {
    if (this.#ending) return;
    this.#channel.control(FRAME.CANCEL);
    await Promise.race([this.#end, this.#options.connection.ended]);
    this.#close();
  }

  /**
   * After the calls before it. A caller who goes interrupts its call, or has it left out when it has not begun; the next one
   * still waits for the reply.
   */
  async #inTurn<T>(ctx: CallContext, ask: () => Promise<T>): Promise<T> {
    let isRunning = false;
    const turn = this.#last.then(async () => {
      throwIfEnded(ctx);
      isRunning = true;
      return ask().finally(() => (isRunning = false));
    });
    this.#last = turn.catch(() => undefined);
    try {
      return await orAborted(ctx, turn);
    } catch (error) {
      if (ctx.signal.aborted && isRunning) this.interrupt();
      throw error;
    }
  }

  async #ask({ header, field, body, maxBytes, timeoutMs }: Ask): Promise<ChannelAnswer> {
    if (this.#ending) throw this.#gone(this.#ending);
    const encoded = Buffer.from(JSON.stringify({ id: ++this.#number, ...header }));
    if (encoded.length > MAX_PAYLOAD) throw refused(field, "come to too many bytes together");
    this.#channel.maxBytes = maxBytes;
    const send = () => this.#channel.send(FRAME.CALL, encoded, body);
    const gone = (end: SessionEndReport) => this.#gone(end);
    return this.#options.connection.within(timeoutMs, () => this.#exchange(send, gone));
  }

  /** The reply to what is sent. Nothing is raced against the session's end, which would keep every reply until then. */
  #exchange(send: () => Promise<void>, gone: (end: SessionEndReport) => SandlotError): Promise<ChannelAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { onReply: resolve, onEnd: (end) => reject(gone(end)) };
      send().catch(reject);
    });
  }

  #replied(reply: ChannelAnswer): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.onReply(reply);
  }

  #hasEnded(end: SessionEndReport): void {
    this.#ending = end;
    this.#waiting?.onEnd(end);
    this.#waiting = null;
  }

  #gone(end: SessionEndReport): SandlotError {
    const { reason, detail, error } = end;
    return error ?? new SandlotError("session_ended", { session_id: this.#options.sandboxId, reason, detail });
  }
}
