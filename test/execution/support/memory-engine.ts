import { afterEach } from "vitest";
import { rootContext } from "../../../src/core/context.ts";
import type { ExecutionCase, ExecutionEngine, ExecutionRequest, Stage } from "../../../src/execution/index.ts";
import type { SandboxPools } from "../../../src/sandbox/index.ts";
import { engineOf, type EngineOptions } from "./engines.ts";
import { memoryPools, type MemoryOptions, memorySandboxes, type Play } from "./memory-sandboxes.ts";

export const MIB = 1 << 20;
export const ctx = rootContext();
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface MemoryEngine {
  readonly engine: ExecutionEngine;
  readonly memory: ReturnType<typeof memorySandboxes>;
  readonly pools: SandboxPools;
}

/** An engine over sandboxes in memory, in which programs do what `play` says. The test's end closes it. */
export function open(
  play: Play,
  options: Partial<EngineOptions> & { memory?: MemoryOptions; max?: number } = {},
): MemoryEngine {
  const memory = memorySandboxes(play, options.memory);
  const pools = memoryPools(memory, { max: options.max ?? 2 });
  const engine = engineOf({ pools, ...options });
  closers.push(
    () => pools.close(),
    () => engine.close(),
  );
  return { engine, memory, pools };
}

/** The standard input of each case is its number. */
export const cases = (count: number): ExecutionCase[] =>
  Array.from({ length: count }, (_, i) => ({ stdin: Buffer.from(`${i}`) }));
export const request = (more: Partial<ExecutionRequest> = {}): ExecutionRequest => ({
  language: "python",
  code: "print(1)",
  cases: [{}],
  ...more,
});
export const statuses = (stages: readonly (Stage | null)[]) => stages.map((stage) => stage?.status ?? null);

export function outOf(stage: Stage | null | undefined): string | null {
  return stage ? Buffer.from(stage.stdout.head).toString() : null;
}
