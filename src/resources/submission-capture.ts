import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { ResourceServices, SubmittedProgram } from "./definition.ts";
import type { EnvironmentManifest, SandboxNeeds } from "./manifest.ts";

/** A program that a resource would have had judged, and where. */
export interface CapturedSubmission {
  readonly program: SubmittedProgram;
  readonly sandbox: SandboxNeeds;
}

const CAPTURED = new SandlotError("cancelled", { detail: "the submission was wanted, not a verdict" });

/** Stands for verification where nothing is to be run: what a resource submits is kept, and its work ends there. */
export class SubmissionCapture {
  readonly #seen = new Map<string, CapturedSubmission>();

  services(manifest: EnvironmentManifest): ResourceServices {
    return {
      verify: async (ctx, name, program) => {
        const sandbox = manifest.sandboxes[name];
        if (!sandbox) {
          const detail = `environment.yaml has no sandbox ${name}`;
          throw new SandlotError("resource_failed", { environment: manifest.name, detail });
        }
        this.#seen.set(ctx.trace, { program, sandbox });
        throw CAPTURED;
      },
      // Neither is a program that could be run again.
      verifyAnswer: () => Promise.reject(CAPTURED),
      openSession: () => Promise.reject(CAPTURED),
    };
  }

  /** What `work`, which runs under the context's trace, submits; null when it submits nothing. */
  async of(ctx: CallContext, work: () => Promise<unknown>): Promise<CapturedSubmission | null> {
    try {
      await work();
    } catch (error) {
      if (error !== CAPTURED) throw error;
    }
    const captured = this.#seen.get(ctx.trace) ?? null;
    this.#seen.delete(ctx.trace);
    return captured;
  }
}
