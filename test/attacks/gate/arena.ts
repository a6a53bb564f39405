import type { CallContext } from "../../../src/core/context.ts";
import type { RunResult, Sandbox, SandboxProvider, SandboxSpec } from "../../../src/sandbox/index.ts";
import type { AttackRun } from "../entry.ts";
import { LIMITS, SPEC } from "./defaults.ts";
import { sharesSandboxes, type Target } from "./target.ts";

/** Where attacks are played: sandboxes of one target, which are all removed in the end. */
export class Arena {
  readonly target: Target;
  readonly provider: SandboxProvider;
  readonly ctx: CallContext;
  readonly spec: SandboxSpec;
  readonly #open = new Set<Sandbox>();

  constructor(target: Target, provider: SandboxProvider, ctx: CallContext, image: string) {
    this.target = target;
    this.provider = provider;
    this.ctx = ctx;
    this.spec = { ...SPEC, mode: target.mode, runtime: target.runtime, image };
  }

  /** A fresh sandbox. */
  async open(spec: Partial<SandboxSpec> = {}): Promise<Sandbox> {
    const sandbox = await this.provider.create(this.ctx, { ...this.spec, ...spec });
    this.#open.add(sandbox);
    return sandbox;
  }

  async close(sandbox: Sandbox): Promise<void> {
    this.#open.delete(sandbox);
    await this.provider.remove(this.ctx, sandbox.id);
  }

  async closeAll(): Promise<void> {
    await Promise.all(Array.from(this.#open, (sandbox) => this.close(sandbox)));
  }

  /** Runs in `sandbox`, or in one of its own where a sandbox is good for one run. */
  async run(sandbox: Sandbox | null, run: AttackRun, ctx: CallContext = this.ctx): Promise<RunResult> {
    const request = { ...run, limits: { ...LIMITS, ...run.limits } };
    if (sandbox && sharesSandboxes(this.target)) return sandbox.run(ctx, request);
    const own = await this.open();
    try {
      return await own.run(ctx, request);
    } finally {
      await this.close(own);
    }
  }
}
