import type { Config } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { ExecutionService } from "../execution/index.ts";
import {
  type EnvironmentManifest,
  Environments,
  openToolSession,
  type ResourceServices,
  type SandboxNeeds,
  SubmissionCapture,
} from "../resources/index.ts";
import { Verifications } from "../rollouts/index.ts";
import type { RunLimits } from "../sandbox/index.ts";
import { type VerificationService, Verifier } from "../verification/index.ts";
import { compiledEnvironment, ENVIRONMENTS_ROOT } from "./paths.ts";

/** What environments need sandboxes for. */
export interface SandboxServices {
  readonly verification: VerificationService;
  readonly sessions: Parameters<typeof openToolSession>[1];
}

/** `verification`: by default over the same execution. */
export function sandboxServices(
  config: Config,
  execution: ExecutionService,
  clock: Clock,
  verification: VerificationService = new Verifier({ execution, clock }),
): SandboxServices {
  const maxLifetimeMs = config.sandbox.pool.max_age_seconds * 1000;
  return { verification, sessions: { sessions: execution.sessions, clock, maxLifetimeMs } };
}

/** The environments of the configuration and of the package; `sandboxes` is null in a process that makes none. */
export function composeEnvironments(config: Config, sandboxes: SandboxServices | null): Environments {
  return environmentsOver(config, (manifest) => resourceServices(manifest, sandboxes));
}

/** The same where nothing is verified, and what would be submitted is kept. */
export function capturingEnvironments(config: Config): { environments: Environments; capture: SubmissionCapture } {
  const capture = new SubmissionCapture();
  return { environments: environmentsOver(config, (manifest) => capture.services(manifest)), capture };
}

function environmentsOver(config: Config, services: (manifest: EnvironmentManifest) => ResourceServices): Environments {
  const roots = [...config.environments.paths, ENVIRONMENTS_ROOT];
  return new Environments({ roots, compiled: compiledEnvironment, services });
}

/** Verification alone over them: of one request, as many answers at once as keep all slots busy. */
export function composeVerifications(config: Config, environments: Environments, clock: Clock): Verifications {
  const { slots_per_sandbox: slots, pool, max_sandboxes: most } = config.sandbox;
  return new Verifications({ environments, clock, parallel: 2 * slots * Math.min(pool.max, most) });
}

const MIB = 1 << 20;
/** Of a judged program, where it says nothing else: what is right is short, and floods cost time. */
const OUTPUT_BYTES = 16 * MIB;

function resourceServices(manifest: EnvironmentManifest, platform: SandboxServices | null): ResourceServices {
  return {
    verify: async (ctx, sandbox, program) => {
      const needs = needsOf(manifest, sandbox);
      const limits = { outputBytes: OUTPUT_BYTES, ...limitsOf(needs), ...program.limits };
      const where = { ...placeOf(needs), resource: manifest.name };
      return started(platform).verification.verify(ctx, { ...program, ...where, limits });
    },
    verifyAnswer: async (ctx, sandbox, answer) => {
      const needs = needsOf(manifest, sandbox);
      const where = { ...placeOf(needs), resource: manifest.name, limits: limitsOf(needs) };
      return started(platform).verification.verifyAnswer(ctx, { ...answer, ...where });
    },
    openSession: async (ctx, sandbox, { language, cpuSeconds, wallSeconds }) => {
      const needs = needsOf(manifest, sandbox);
      const limits = {
        cpuMs: Math.ceil(cpuSeconds * 1000),
        wallMs: Math.ceil(wallSeconds * 1000),
        ...limitsOf(needs),
      };
      return openToolSession(ctx, started(platform).sessions, { language, limits, ...placeOf(needs) });
    },
  };
}

function started(platform: SandboxServices | null): SandboxServices {
  if (platform) return platform;
  throw new SandlotError("provider_unavailable", { provider: "none", detail: "this process makes no sandboxes" });
}

function placeOf({ image, runtime }: SandboxNeeds): { readonly image: string; readonly runtime?: string } {
  return { image, ...(runtime === "default" ? {} : { runtime }) };
}

/** What the environment has set of a run's limits. */
function limitsOf({ memory_mb: memory, scratch_mb: scratch, processes }: SandboxNeeds): Partial<RunLimits> {
  return {
    ...(memory === undefined ? {} : { memoryBytes: memory * MIB }),
    ...(scratch === undefined ? {} : { diskBytes: scratch * MIB }),
    ...(processes === undefined ? {} : { processes }),
  };
}

/** What the sandbox is that an environment calls `name`. */
function needsOf(manifest: EnvironmentManifest, name: string): SandboxNeeds {
  const needs = manifest.sandboxes[name];
  if (needs) return needs;
  const detail = `environment.yaml has no sandbox ${name}`;
  throw new SandlotError("resource_failed", { environment: manifest.name, detail });
}
