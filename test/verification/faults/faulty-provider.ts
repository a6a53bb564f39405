import { type CallContext, orAborted } from "../../../src/core/context.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { type FaultCause, sandboxFault } from "../../../src/sandbox/faults.ts";
import type { RunRequest, RunResult, Sandbox, SandboxProvider, SandboxSpec } from "../../../src/sandbox/index.ts";

/** What goes wrong, and at which step of a verification. */
export type Fault =
  /** A sandbox cannot be made. */
  | { readonly at: "create" }
  /** The engine does not answer in time when one is to be made. */
  | { readonly at: "engine timeout" }
  /** One that is handed out does not answer, and is gone. */
  | { readonly at: "claim" }
  /** A run comes to nothing, and says why. */
  | { readonly at: "run"; readonly cause: FaultCause }
  /** The connection is cut while the program runs. */
  | { readonly at: "cut" }
  /** The program has run, and its result is lost on its way. */
  | { readonly at: "result" }
  /** Something real is done to the sandbox while the program runs. */
  | { readonly at: "kill"; readonly kill: (sandbox: Sandbox) => Promise<void> }
  /** The run does not answer, and counts as stalled after a moment. */
  | { readonly at: "silence" };

/** Sandboxes of a provider, in which a fault is injected where and as often as the test says. */
export class FaultyProvider implements SandboxProvider {
  readonly name: string;
  readonly #inner: SandboxProvider;
  #fault: Fault | null = null;
  #left = 0;
  #matches: (spec: SandboxSpec) => boolean = () => false;
  /** Faults that have been injected since the last one was armed. */
  injected = 0;

  constructor(inner: SandboxProvider) {
    this.#inner = inner;
    this.name = inner.name;
  }

  /** From now on `times` faults, in sandboxes that match. */
  arm(fault: Fault, times: number, matches: (spec: SandboxSpec) => boolean): void {
    this.#fault = fault;
    this.#left = times;
    this.#matches = matches;
    this.injected = 0;
  }

  disarm(): void {
    this.#left = 0;
  }

  /** Leaves nothing that is warm, so that the next run needs a new sandbox. */
  async empty(ctx: CallContext): Promise<void> {
    for (const { id } of await this.#inner.list(ctx)) await this.#inner.remove(ctx, id);
  }

  unenforced(...args: Parameters<NonNullable<SandboxProvider["unenforced"]>>) {
    return this.#inner.unenforced?.(...args) ?? {};
  }

  probe(ctx: CallContext) {
    return this.#inner.probe(ctx);
  }

  list(ctx: CallContext) {
    return this.#inner.list(ctx);
  }

  remove(ctx: CallContext, id: string) {
    return this.#inner.remove(ctx, id);
  }

  async create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox> {
    if (this.#take(spec, "create")) throw new SandlotError("sandbox_create_failed", { detail: "by the test" });
    if (this.#take(spec, "engine timeout"))
      throw new SandlotError("deadline_exceeded", { waiting_for: "the engine, by the test" });
    const sandbox = await this.#inner.create(ctx, spec);
    const wrapped: Partial<Sandbox> = {
      run: (inner, request) => this.#run(inner, sandbox, spec, request),
      check: async (inner) => {
        if (!this.#take(spec, "claim")) return sandbox.check(inner);
        await this.#inner.remove(inner, sandbox.id);
        throw sandboxFault(sandbox.id, { cause: "stalled", detail: "by the test" });
      },
    };
    return new Proxy(sandbox, {
      get: (target, key) => {
        const value: unknown = Reflect.get(wrapped, key) ?? Reflect.get(target, key, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }

  async #run(ctx: CallContext, sandbox: Sandbox, spec: SandboxSpec, request: RunRequest): Promise<RunResult> {
    const fault = this.#take(spec, "run", "cut", "result", "kill", "silence");
    if (fault === null) return sandbox.run(ctx, request);
    const end = (cause: FaultCause) => sandboxFault(sandbox.id, { cause, detail: "by the test" });
    if (fault.at === "run") throw end(fault.cause);
    if (fault.at === "silence") {
      await orAborted(ctx, new Promise((resolve) => setTimeout(resolve, 300)));
      throw end("stalled");
    }
    const running = sandbox.run(ctx, request);
    // It may be lost before it is waited for.
    running.catch(() => undefined);
    if (fault.at === "result") {
      await running;
      await this.#inner.remove(ctx, sandbox.id);
      throw end("agent_exit");
    }
    if (fault.at === "kill") await fault.kill(sandbox);
    else await this.#inner.remove(ctx, sandbox.id);
    return running;
  }

  #take(spec: SandboxSpec, ...steps: readonly Fault["at"][]): Fault | null {
    const fault = this.#fault;
    if (fault === null || this.#left <= 0 || !steps.includes(fault.at) || !this.#matches(spec)) return null;
    this.#left--;
    this.injected++;
    return fault;
  }
}
