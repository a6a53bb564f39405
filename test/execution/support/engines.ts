import { type Clock, systemClock } from "../../../src/core/clock.ts";
import { ExecutionEngine, type ExecutionOptions, resourceClasses } from "../../../src/execution/index.ts";
import type { ImageCatalogue, SandboxPools } from "../../../src/sandbox/index.ts";
import { testCatalogue } from "./languages.ts";

export interface EngineOptions {
  readonly pools: SandboxPools;
  readonly slots?: number;
  readonly runs?: Partial<ExecutionOptions["runs"]>;
  readonly sessions?: Partial<ExecutionOptions["sessions"]>;
  readonly mode?: ExecutionOptions["sandboxes"]["mode"];
  readonly clock?: Clock;
  /** Default: the languages of the tests. */
  readonly catalogue?: ImageCatalogue;
}

const MACHINE_BYTES = 16 * 2 ** 30;

/** An engine over given pools. */
export function engineOf({ pools, slots = 2, clock = systemClock, ...options }: EngineOptions): ExecutionEngine {
  const { mode = "auto", catalogue = testCatalogue() } = options;
  const sandboxes = { slots, cpus: 2, mode, runtime: "default", classes: resourceClasses(slots, MACHINE_BYTES) };
  return new ExecutionEngine({
    catalogue: async () => catalogue,
    pools,
    clock,
    sandboxes,
    runs: { atOnce: () => 2 * slots, maxWaiting: 100, ...options.runs },
    sessions: {
      sandboxes,
      atOnce: 2 * slots,
      perTenant: 2 * slots,
      maxWaiting: 10,
      maxLifetimeMs: 3_600_000,
      ...options.sessions,
    },
  });
}
