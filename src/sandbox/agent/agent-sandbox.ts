import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { type SandboxEnd, sandboxFault } from "../faults.ts";
import type { Sandbox } from "../port.ts";
import type { HeldBytes, RunRequest, RunResult } from "../run.ts";
import type { SandboxSession } from "../session.ts";
import type { SandboxMode } from "../spec.ts";
import type { ChannelFault } from "./channel.ts";
import type { AgentConnection } from "./connection.ts";
import { encodeRun } from "./encode-run.ts";
import { decodeResult } from "./decode-result.ts";

/** Beyond a run's own wall limit: set-up, killing, collecting. The agent itself gives up after half of it. */
const ANSWER_GRACE_MS = 10_000;

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

  constructor(options: AgentSandboxOptions) {
    this.id = options.id;
    this.provider = options.provider;
    this.image = options.image;
    this.mode = options.connection.facts.mode;
    this.ended = options.connection.ended;
    this.#connection = options.connection;
  }

  async run(ctx: CallContext, request: RunRequest): Promise<RunResult> {
    const { header, sections, maxBytes } = encodeRun(request);
    const timeoutMs = request.limits.wallMs + ANSWER_GRACE_MS;
    const answer = await this.#connection.call(ctx, { header, sections, maxBytes, timeoutMs });
    if ("code" in answer) throw this.#fault(answer);
    return decodeResult(answer, this.mode);
  }

  hold(): Promise<HeldBytes> {
    return Promise.reject(new SandlotError("sandbox_unavailable", { pool: this.id, detail: "holds nothing yet" }));
  }

  drop(): void {}

  openSession(): Promise<SandboxSession> {
    return Promise.reject(new SandlotError("sandbox_unsupported", { detail: "no sessions yet" }));
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
