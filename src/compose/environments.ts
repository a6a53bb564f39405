import type { Config } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import {
  type EnvironmentManifest,
  Environments,
  type ResourceServices,
  type SandboxNeeds,
  SubmissionCapture,
} from "../resources/index.ts";
import { Verifications } from "../rollouts/index.ts";
import type { VerificationService } from "../verification/index.ts";
import { compiledEnvironment, ENVIRONMENTS_ROOT } from "./paths.ts";

/** The environments of the configuration and of the package; `verification` is null in a process that verifies nothing. */
export function composeEnvironments(config: Config, verification: VerificationService | null): Environments {
  return environmentsOver(config, (manifest) => resourceServices(manifest, verification));
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

function resourceServices(manifest: EnvironmentManifest, verification: VerificationService | null): ResourceServices {
  return {
    verify: async (ctx, sandbox, program) => {
      const { image, runtime } = needsOf(manifest, sandbox);
      if (!verification) {
        const detail = "this process makes no sandboxes";
        throw new SandlotError("provider_unavailable", { provider: "none", detail });
      }
      const where = { image, resource: manifest.name, ...(runtime === "default" ? {} : { runtime }) };
      return verification.verify(ctx, { ...program, ...where });
    },
  };
}

/** What the sandbox is that an environment calls `name`. */
function needsOf(manifest: EnvironmentManifest, name: string): SandboxNeeds {
  const needs = manifest.sandboxes[name];
  if (needs) return needs;
  const detail = `environment.yaml has no sandbox ${name}`;
  throw new SandlotError("resource_failed", { environment: manifest.name, detail });
}
