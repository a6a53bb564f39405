import type { CallContext } from "../../../src/core/context.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { RunResult, Sandbox, SandboxProvider, SandboxSpec } from "../../../src/sandbox/index.ts";
import { agentPid } from "../../support/engine.ts";
import type { AttackRun } from "../entry.ts";
import { LIMITS, SPEC } from "./defaults.ts";
import { localAgents } from "./host.ts";
import { sharesSandboxes, type Target } from "./target.ts";

/** Where attacks are played: sandboxes of one target, which are all removed in the end. */
export class Arena {
  readonly target: Target;
  readonly provider: SandboxProvider;
  readonly ctx: CallContext;
  readonly spec: SandboxSpec;
  readonly #open = new Map<Sandbox, number | null>();
  readonly #images = new Map<string, boolean>();
  #opening: Promise<unknown> = Promise.resolve();

  constructor(target: Target, provider: SandboxProvider, ctx: CallContext) {
    this.target = target;
    this.provider = provider;
    this.ctx = ctx;
    this.spec = { ...SPEC, mode: target.mode, runtime: target.runtime };
  }

  /** A fresh sandbox. */
  open(spec: Partial<SandboxSpec> = {}): Promise<Sandbox> {
    const create = () => this.provider.create(this.ctx, { ...this.spec, ...spec });
    // One by one where only the order tells whose agent is whose.
    const opened =
      this.target.provider === "local" ? this.#opening.then(() => this.#openLocal(create)) : this.#openOther(create);
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  /** Whether sandboxes of an image can be made here. */
  async has(image: string): Promise<boolean> {
    const known = this.#images.get(image);
    if (known !== undefined) return known;
    const built = await this.open({ image }).then(
      (sandbox) => this.close(sandbox).then(() => true),
      (error: unknown) => {
        if (SandlotError.is(error, "sandbox_image_missing")) return false;
        throw error;
      },
    );
    this.#images.set(image, built);
    return built;
  }

  /** Process id on this machine of a sandbox's agent; null where the runtime hides it. */
  agentOf(sandbox: Sandbox): number | null {
    return this.#open.get(sandbox) ?? null;
  }

  /** Process id on this machine of what a sandbox's end is the end of: its agent, or gVisor around it. */
  async processOf(sandbox: Sandbox): Promise<number | null> {
    return this.agentOf(sandbox) ?? (this.target.provider === "docker" ? agentPid(sandbox.id) : null);
  }

  async #openLocal(create: () => Promise<Sandbox>): Promise<Sandbox> {
    const before = new Set(localAgents());
    const sandbox = await create();
    this.#open.set(sandbox, localAgents().find((pid) => !before.has(pid)) ?? null);
    return sandbox;
  }

  async #openOther(create: () => Promise<Sandbox>): Promise<Sandbox> {
    const sandbox = await create();
    this.#open.set(sandbox, null);
    if (this.target.runtime === "default") this.#open.set(sandbox, await agentPid(sandbox.id));
    return sandbox;
  }

  async close(sandbox: Sandbox): Promise<void> {
    this.#open.delete(sandbox);
    await this.provider.remove(this.ctx, sandbox.id);
  }

  async closeAll(): Promise<void> {
    await Promise.all(Array.from(this.#open.keys(), (sandbox) => this.close(sandbox)));
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
