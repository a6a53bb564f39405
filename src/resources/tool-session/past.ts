import { createHash } from "node:crypto";
import type { ToolReply } from "./tool-session.ts";

/** Calls that take longer together are not made again. Milliseconds. */
const MOST_MS = 120_000;
const MOST_CODE_BYTES = 16 << 20;

interface PastCall {
  readonly code: string;
  readonly said: string;
}

/** The calls that have made a session what it is, so that another can be made the same. */
export class SessionPast {
  readonly #calls: PastCall[] = [];
  #ms = 0;
  #bytes = 0;
  #cutOff = false;

  add(code: string, reply: ToolReply, ms: number): void {
    this.#ms += ms;
    this.#bytes += code.length;
    // What a call at its limit has done depends on the moment.
    this.#cutOff ||= reply.limit !== null;
    if (this.isRepeatable) this.#calls.push({ code, said: digest(reply) });
    else this.#calls.length = 0;
  }

  get isRepeatable(): boolean {
    return !this.#cutOff && this.#ms <= MOST_MS && this.#bytes <= MOST_CODE_BYTES;
  }

  /** Makes the calls again; whether all have answered as before. */
  async repeat(call: (code: string) => Promise<ToolReply>): Promise<boolean> {
    for (const { code, said } of this.#calls) if (digest(await call(code)) !== said) return false;
    return true;
  }
}

function digest(reply: ToolReply): string {
  return createHash("sha256").update(JSON.stringify(reply)).digest("hex");
}
