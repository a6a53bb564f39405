import pLimit from "p-limit";
import { type CallContext, throwIfEnded } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { faultCause } from "../faults.ts";
import type { Sandbox } from "../port.ts";
import type { SandboxMode, SandboxSpec } from "../spec.ts";
import { describe, type Finding, type Probe, probesFor } from "./probes.ts";
import type { Accepted } from "./report.ts";

/** Probes, or in mode C sandboxes, at once. */
const PARALLEL = 4;

/** Sandboxes to try things in. */
export interface Laboratory {
  create(ctx: CallContext): Promise<Sandbox>;
  remove(sandbox: Sandbox): Promise<void>;
}

/** What was found out. */
export interface Examination {
  readonly mode: SandboxMode;
  readonly image: string;
  readonly findings: readonly (Finding & { readonly accepted: string | null })[];
}

export interface ExamineOptions {
  readonly spec: SandboxSpec;
  readonly laboratory: Laboratory;
  /** What need not be held in a mode. */
  readonly accepted: (mode: SandboxMode) => Accepted;
}

/**
 * Runs every probe of a limit that must be held. Those that take what the whole sandbox has come last, and one whose run
 * says nothing, or that a limit was not held, is repeated by itself in a fresh sandbox: neighbours, or a stalled machine,
 * are no evidence. Throws `sandbox_create_failed` when a probe says nothing then either.
 */
export async function examine(ctx: CallContext, options: ExamineOptions): Promise<Examination> {
  const { spec, laboratory, accepted } = options;
  const first = await laboratory.create(ctx);
  const { mode, image } = first;
  const reasons = accepted(mode);
  const [probes, untried] = partition(probesFor(spec), ({ limits }) => limits.some((limit) => !reasons[limit]));
  const findings: Finding[] = untried.flatMap(({ limits }) => limits.map(notTried));
  const doubtful: Probe[] = [];
  // In mode C a sandbox is good for one run.
  let shared = mode === "C" ? null : first;
  let unused = mode === "C" ? first : null;
  const takeOne = () => {
    const taken = unused ? Promise.resolve(unused) : laboratory.create(ctx);
    unused = null;
    return taken;
  };
  const tryAlone = async (probe: Probe) => {
    const sandbox = await takeOne();
    try {
      return await tryIn(ctx, probe, sandbox);
    } finally {
      await laboratory.remove(sandbox);
    }
  };
  const tryOut = async (probe: Probe) => {
    const { found, lost } = shared ? await tryIn(ctx, probe, shared) : await tryAlone(probe);
    if (lost) shared = null; // its end must not be taken for the answer of another probe
    if (found?.every(({ limit, held }) => held || reasons[limit])) findings.push(...found);
    else doubtful.push(probe);
  };
  const limit = pLimit(PARALLEL);
  const [greedy, modest] = partition(probes, ({ takesAll }) => takesAll);
  try {
    await Promise.all(modest.map((probe) => limit(() => tryOut(probe))));
    for (const probe of greedy) await tryOut(probe);
  } finally {
    await laboratory.remove(first);
  }
  for (const probe of doubtful) {
    const { found, how } = await tryAlone(probe);
    const detail = `the self-test of ${probe.limits.join(", ")} says nothing: ${how}`;
    if (!found) throw new SandlotError("sandbox_create_failed", { detail });
    findings.push(...found);
  }
  return { mode, image, findings: findings.map((it) => ({ ...it, accepted: reasons[it.limit] ?? null })) };
}

const notTried = (limit: Finding["limit"]): Finding => ({ limit, held: null, detail: "not tried" });

function partition<T>(values: readonly T[], belongs: (value: T) => boolean): [T[], T[]] {
  return [values.filter(belongs), values.filter((value) => !belongs(value))];
}

/** What a probe found, or null; how its run ended; and whether the sandbox ended with it. */
async function tryIn(ctx: CallContext, probe: Probe, sandbox: Sandbox) {
  try {
    const result = await sandbox.run(ctx, probe.request);
    return { found: probe.judge(result), how: describe(result), lost: false };
  } catch (error) {
    throwIfEnded(ctx);
    if (faultCause(error) === null) throw error;
    return { found: probe.judgeFault?.(error) ?? null, how: messageOf(error), lost: true };
  }
}
