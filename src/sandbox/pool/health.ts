import type { Clock } from "../../core/clock.ts";
import { rootContext, withScope } from "../../core/context.ts";
import type { Logger } from "../../core/logger.ts";
import type { Member } from "./member.ts";

/** Longest wait of a lease for a sandbox's answer; then it takes another, and this one is set aside until it answers. */
const PATIENCE_MS = 500;
/** Without an answer for so long, a sandbox is not well. Milliseconds. */
const ANSWER_MS = 10_000;

/** `slow`: it has not said yet. */
export type Health = "well" | "unwell" | "slow";

export interface HealthOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when one that was set aside has answered, or is known not to. */
  readonly onAnswer: (member: Member, isWell: boolean) => void;
}

/**
 * Asks sandboxes how they are before they are handed out, if they have not answered lately. One that is
 * dead is told by the end of its stream; this finds those that live and do not answer.
 */
export class HealthCheck {
  readonly #options: HealthOptions;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** Everybody who is handed the same sandbox meanwhile waits for the same answer. */
  async of(member: Member): Promise<Health> {
    member.checking ??= this.#ask(member);
    const { clock } = this.#options;
    let stopWaiting: () => void = () => undefined;
    const late = new Promise<"slow">((resolve) => {
      stopWaiting = clock.after(PATIENCE_MS, () => resolve("slow"));
    });
    try {
      return await Promise.race([member.checking.then((isWell) => (isWell ? "well" : "unwell")), late]);
    } finally {
      stopWaiting();
    }
  }

  async #ask(member: Member): Promise<boolean> {
    const { clock, logger, onAnswer } = this.#options;
    const scope = { timeoutMs: ANSWER_MS, waitingFor: "a sandbox's answer", clock };
    const isWell = await withScope(rootContext({ logger }), scope, (ctx) => member.sandbox.check(ctx)).then(
      () => true,
      () => false,
    );
    member.checking = null;
    if (isWell) member.prove();
    if (member.suspect) onAnswer(member, isWell);
    return isWell;
  }
}
