import { availableParallelism } from "node:os";
import type { Config } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { type EnvironmentManifest, Environments, type ResourceServices } from "../resources/index.ts";
import { poolKey, type SandboxPools, type SandboxSpec } from "../sandbox/index.ts";
import { CodeVerifier } from "../verification/index.ts";
import { compiledEnvironment, ENVIRONMENTS_ROOT } from "./paths.ts";
import { sandboxRuntime } from "./sandboxes.ts";

export interface EnvironmentsInput {
  readonly config: Config;
  /** Null in a process that verifies nothing. */
  readonly pools: SandboxPools | null;
  readonly clock: Clock;
}

/** The environments of the configuration and of the package, with the platform's services behind them. */
export function composeEnvironments({ config, pools, clock }: EnvironmentsInput): Environments {
  return new Environments({
    roots: [...config.environments.paths, ENVIRONMENTS_ROOT],
    compiled: compiledEnvironment,
    services: (manifest) => resourceServices(manifest, { config, pools, clock }),
  });
}

function resourceServices(
  manifest: EnvironmentManifest,
  { config, pools, clock }: EnvironmentsInput,
): ResourceServices {
  const verifiers = new Map<string, CodeVerifier>();
  const verifierFor = (ctx: CallContext, name: string): CodeVerifier => {
    if (!pools)
      throw new SandlotError("provider_unavailable", { provider: "none", detail: "this process makes no sandboxes" });
    const spec = sandboxSpec(ctx, manifest, name, config);
    const key = poolKey(spec);
    const verifier = verifiers.get(key) ?? new CodeVerifier({ pool: pools.pool(spec), clock });
    verifiers.set(key, verifier);
    return verifier;
  };
  return { verifyCode: (ctx, sandbox, submission) => verifierFor(ctx, sandbox).verify(ctx, submission) };
}

/** What the sandbox that an environment calls `name` is, for the tenant of the call. */
function sandboxSpec(ctx: CallContext, manifest: EnvironmentManifest, name: string, config: Config): SandboxSpec {
  const needs = manifest.sandboxes[name];
  if (!needs) {
    throw new SandlotError("resource_failed", {
      environment: manifest.name,
      detail: `environment.yaml has no sandbox ${name}`,
    });
  }
  const slots = config.sandbox.slots_per_sandbox;
  return {
    tenant: ctx.principal.tenant,
    resource: manifest.name,
    image: needs.image,
    cpus: Math.min(slots, availableParallelism()),
    slots,
    memoryBytes: needs.memory_mb << 20,
    scratchBytes: needs.scratch_mb << 20,
    processes: needs.processes,
    network: "none",
    runtime: needs.runtime === "default" ? sandboxRuntime(config) : needs.runtime,
    mode: config.sandbox.mode,
  };
}
