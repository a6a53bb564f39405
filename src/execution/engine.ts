import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import type { ImageCatalogue, SandboxSpec } from "../sandbox/index.ts";
import { Gate } from "./admission/index.ts";
import { CandidateRunner } from "./attribution/index.ts";
import { Submission } from "./batch/submission.ts";
import { leaseSource, type PoolAccess } from "./lease-source.ts";
import { type Plan, type PlanOptions, planOf } from "./plan/plan.ts";
import type { Execution, ExecutionListener, ExecutionRequest, ExecutionService, LanguageView } from "./service.ts";
import { Sessions, type SessionsOptions } from "./sessions/sessions.ts";

export interface ExecutionOptions {
  /** Asked for with each request: reading it once is the business of whoever gives it. */
  readonly catalogue: () => Promise<ImageCatalogue>;
  readonly pools: PoolAccess;
  /** Whether sandboxes of an image can be made. Default: only trying tells. */
  readonly hasImage?: (image: string) => Promise<boolean>;
  readonly sandboxes: PlanOptions;
  readonly runs: {
    /** Slots in use at once, over all tenants and sandboxes; asked for each time. */
    readonly atOnce: () => number;
    /** Requests that may wait to begin; more are refused. */
    readonly maxWaiting: number;
    /** Longest wait of a request that says nothing, default 30 s. Milliseconds. */
    readonly maxQueueMs?: number;
  };
  /** What session sandboxes are, with more slots than those of runs: sessions are idle most of the time. */
  readonly sessions: SessionsOptions["limits"] & { readonly sandboxes: PlanOptions };
  readonly clock: Clock;
}

const MAX_QUEUE_MS = 30_000;
/** Requests of one tenant in progress per slot. Those beyond wait to begin: they would only take memory. */
const BEGUN_PER_SLOT = 4;

/** The execution service over pools of sandboxes. */
export class ExecutionEngine implements ExecutionService {
  readonly sessions: Sessions;
  readonly #options: ExecutionOptions;
  readonly #gate: Gate;
  readonly #modes = new Modes();

  constructor(options: ExecutionOptions) {
    this.#options = options;
    const { catalogue, pools, clock, runs, sessions } = options;
    this.#gate = new Gate({
      resource: "execution slots",
      units: runs.atOnce,
      maxWaiting: runs.maxWaiting,
      begunPerUnit: BEGUN_PER_SLOT,
      clock,
    });
    this.sessions = new Sessions({ catalogue, pools, sandboxes: sessions.sandboxes, limits: sessions, clock });
  }

  async languages(): Promise<LanguageView[]> {
    const catalogue = await this.#options.catalogue();
    return catalogue.languages().map(({ name, aliases, images, language }) => ({
      name,
      aliases,
      images: images.map(({ manifest }) => manifest.name),
      compiled: language.compile !== undefined,
      sessions: language.sessions,
    }));
  }

  async hasImage(image: string): Promise<boolean> {
    return this.#options.hasImage?.(image) ?? true;
  }

  async run(ctx: CallContext, request: ExecutionRequest, listener?: ExecutionListener): Promise<Execution> {
    const { catalogue, pools, sandboxes, runs, clock } = this.#options;
    const { tenant } = ctx.principal;
    const plan = planOf(tenant, request, await catalogue(), sandboxes);
    const maxQueueMs = request.maxQueueMs ?? runs.maxQueueMs ?? MAX_QUEUE_MS;
    const admission = await this.#gate.admit(ctx, { tenant, weight: this.#weightOf(plan), maxWaitMs: maxQueueMs });
    try {
      const runner = new CandidateRunner(leaseSource(pools, plan.spec, clock));
      const maxWaitMs = Math.max(0, maxQueueMs - admission.queueMs);
      const submission = new Submission({ plan, request, admission, runner, maxWaitMs, listener });
      const execution = await submission.execute(ctx);
      this.#modes.learn(plan.spec, execution);
      return execution;
    } finally {
      admission.end();
    }
  }

  /** Slots in use and runs that wait for one, for operators. */
  get load(): { readonly out: number; readonly waiting: number } {
    return this.#gate.stats;
  }

  /** Refuses what waits and what comes, and ends all sessions. Runs end with their sandboxes. Idempotent. */
  async close(): Promise<void> {
    this.#gate.close();
    await this.sessions.closeAll();
  }

  /** A run counts for as many slots as nobody else can use in its sandbox. */
  #weightOf({ spec }: Plan): number {
    const slots = this.#modes.isSingle(spec) ? 1 : spec.slots;
    return Math.ceil(this.#options.sandboxes.slots / slots);
  }
}

/** Which sandboxes turned out to be good for one run only. */
class Modes {
  readonly #single = new Set<string>();

  isSingle(spec: SandboxSpec): boolean {
    return spec.mode === "C" || (spec.mode === "auto" && this.#single.size > 0 && this.#single.has(keyOf(spec)));
  }

  learn(spec: SandboxSpec, { compile, cases }: Execution): void {
    if (spec.mode !== "auto") return;
    const mode = (compile ?? cases.find((stage) => stage !== null))?.sandbox.mode;
    if (mode === "C") this.#single.add(keyOf(spec));
  }
}

function keyOf({ image, runtime }: SandboxSpec): string {
  return `${image} ${runtime}`;
}
