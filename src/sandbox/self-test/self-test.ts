import type { Clock } from "../../core/clock.ts";
import { type CallContext, DEFAULT_TENANT, orAborted, rootContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Sandbox, SandboxProvider } from "../port.ts";
import type { SandboxMode, SandboxSpec } from "../spec.ts";
import { examine } from "./examine.ts";
import type { ProvedLimit } from "../../contract/sandbox-limits.ts";
import { TEST_SIZES } from "./probes.ts";
import { type Accepted, assertHeld, isRefusal, type SelfTestReport } from "./report.ts";

/** Longest self-test. Milliseconds. */
const TEST_MS = 120_000;
/** How long a refusal stands before it is looked at again. Milliseconds. */
const REFUSED_MS = 30_000;

export interface SelfTestOptions {
  readonly provider: SandboxProvider;
  /** Limits that the operator lets go unheld. */
  readonly accepted: readonly ProvedLimit[];
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Proof {
  readonly running: Promise<SelfTestReport>;
  report: SelfTestReport | null;
  /** When it was over, on the clock. */
  at: number;
}

/**
 * Makes sandboxes of which it has been proved that they hold their limits. The first of a kind is made together with a
 * small one in which programs try to break every limit; what is found holds for all of its kind, whoever they are for and
 * however large, while the image stays the same. What is not held refuses the whole kind with `limits_unenforced`, unless
 * the provider says from the first that it cannot hold it, or the operator accepts that by name.
 */
export class SelfTest {
  readonly #options: SelfTestOptions;
  readonly #proofs = new Map<string, Proof>();
  readonly #sandboxes = new Set<string>();
  readonly #stop = new AbortController();

  constructor(options: SelfTestOptions) {
    this.#options = options;
  }

  async create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox> {
    const { provider } = this.#options;
    const proof = this.#proofOf(spec);
    if (proof.report) assertHeld(proof.report);
    const [made, proved] = await Promise.allSettled([provider.create(ctx, spec), orAborted(ctx, proof.running)]);
    if (made.status === "rejected") throw made.reason;
    const sandbox = made.value;
    try {
      if (proved.status === "rejected") throw proved.reason;
      assertHeld(proved.value);
      if (proved.value.image !== sandbox.image) {
        this.#proofs.delete(kindOf(spec));
        assertHeld(await orAborted(ctx, this.#proofOf(spec).running));
      }
      // The strongest mode that works is probed in each: a loaded machine may come to another.
      if (proved.value.mode !== sandbox.mode) {
        assertHeld(await orAborted(ctx, this.#proofOf({ ...spec, mode: sandbox.mode }).running));
      }
      return sandbox;
    } catch (error) {
      await this.#remove(sandbox);
      throw error;
    }
  }

  isProved(spec: SandboxSpec): boolean {
    const report = this.#proofs.get(kindOf(spec))?.report ?? null;
    return report !== null && !isRefusal(report);
  }

  /** Sandboxes in which limits are being tried. */
  get sandboxIds(): string[] {
    return Array.from(this.#sandboxes);
  }

  /** What has been found out so far, of each kind. */
  get reports(): SelfTestReport[] {
    return Array.from(this.#proofs.values(), ({ report }) => report).filter((report) => report !== null);
  }

  /** Ends tests that are running; resolves when nothing of them is left. */
  async close(): Promise<void> {
    this.#stop.abort(new SandlotError("shutting_down", { detail: "the self-test is ending" }));
    await Promise.allSettled(Array.from(this.#proofs.values(), ({ running }) => running));
  }

  /** The proof of a kind, begun when first asked for. One that failed is forgotten, a refusal after a while. */
  #proofOf(spec: SandboxSpec): Proof {
    const { clock } = this.#options;
    const kind = kindOf(spec);
    const known = this.#proofs.get(kind);
    const isStale = known?.report && isRefusal(known.report) && clock.monotonic() - known.at >= REFUSED_MS;
    if (known && !isStale) return known;
    const proof: Proof = { running: this.#prove(spec), report: null, at: 0 };
    this.#proofs.set(kind, proof);
    proof.running.then(
      (report) => Object.assign(proof, { report, at: clock.monotonic() }),
      () => this.#proofs.get(kind) === proof && this.#proofs.delete(kind),
    );
    return proof;
  }

  async #prove(wanted: SandboxSpec): Promise<SelfTestReport> {
    const { provider, clock, logger } = this.#options;
    const spec = { ...wanted, ...TEST_SIZES, tenant: DEFAULT_TENANT, resource: "self-test" };
    const started = clock.monotonic();
    const root = rootContext({ signal: this.#stop.signal, logger });
    const scope = { timeoutMs: TEST_MS, waitingFor: "the self-test", clock };
    const laboratory = {
      create: (ctx: CallContext) => this.#create(ctx, spec),
      remove: (sandbox: Sandbox) => this.#remove(sandbox),
    };
    const accepted = (mode: SandboxMode) => this.#accepted(mode, spec.runtime);
    const found = await withScope(root, scope, (ctx) => examine(ctx, { spec, laboratory, accepted }));
    const tookMs = clock.monotonic() - started;
    const report = { provider: provider.name, runtime: spec.runtime, ...found, tookMs };
    const { findings, ...fields } = report;
    const unheld = findings.filter(({ held }) => !held);
    logger[isRefusal(report) ? "warn" : "info"]({ ...fields, unheld }, "limits of sandboxes tried");
    return report;
  }

  #accepted(mode: SandboxMode, runtime: string): Accepted {
    const byName = this.#options.accepted.map((limit) => [limit, "accepted by the operator"]);
    return { ...(Object.fromEntries(byName) as Accepted), ...this.#options.provider.unenforced?.(mode, runtime) };
  }

  async #create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox> {
    const sandbox = await this.#options.provider.create(ctx, spec);
    this.#sandboxes.add(sandbox.id);
    return sandbox;
  }

  /** One that cannot be removed now is the reaper's. */
  async #remove({ id }: Sandbox): Promise<void> {
    const { provider, logger } = this.#options;
    try {
      await provider.remove(rootContext({ logger }), id);
    } catch (error) {
      logger.warn({ sandbox_id: id, error: SandlotError.from(error).report() }, "a sandbox could not be removed");
    }
    this.#sandboxes.delete(id);
  }
}

/** What decides whether limits are held: neither whose a sandbox is, nor how large. */
function kindOf({ image, network, runtime, mode }: SandboxSpec): string {
  return JSON.stringify([image, network, runtime, mode]);
}
