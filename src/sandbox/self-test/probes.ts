import { readFileSync } from "node:fs";
import { isJsonObject, type JsonObject } from "../../core/json/parse.ts";
import { faultCause } from "../faults.ts";
import type { LimitName } from "../../contract/sandbox-limits.ts";
import type { RunLimits, RunRequest, RunResult } from "../run.ts";
import { sandboxMemoryBytes, sandboxProcesses, SCRATCH_INODES, type SandboxSpec } from "../spec.ts";
import type { ProvedLimit } from "../../contract/sandbox-limits.ts";

/** What a probe found out about one limit. */
export interface Finding {
  readonly limit: ProvedLimit;
  /** Null when it was not tried, because it is accepted that it is not held. */
  readonly held: boolean | null;
  /** What happened, for people. */
  readonly detail: string;
}

/** A program that tries to break limits, and what its run tells about them. */
export interface Probe {
  readonly limits: readonly ProvedLimit[];
  /** It takes what the sandbox as a whole has, so that it must run by itself. */
  readonly takesAll: boolean;
  readonly request: RunRequest;
  /** Null when the run says nothing, e.g. because the probe itself failed. */
  judge(result: RunResult): readonly Finding[] | null;
  /** What a fault of the sandbox says; default: nothing. */
  judgeFault?(error: unknown): readonly Finding[] | null;
}

const MIB = 1 << 20;

/** Small, so that reaching them costs little; what holds them is the same at every size. */
export const TEST_SIZES = { slots: 4, memoryBytes: 32 * MIB, scratchBytes: 4 * MIB, processes: 16 } as const;

const LIMITS: RunLimits = {
  // Generous: a machine that is busy holds its limits all the same.
  wallMs: 60_000,
  cpuMs: 20_000,
  memoryBytes: TEST_SIZES.memoryBytes,
  outputBytes: 256 * 1024,
  processes: TEST_SIZES.processes,
  diskBytes: MIB,
  openFiles: 64,
};
const SHORT_WALL_MS = 150;
const SHORT_CPU_MS = 50;
/** Longer than the lane takes between two looks at what a run uses. Seconds. */
const STAY = 1;

/** Kernels differ in whether who asks is counted. */
const OFF_BY = 2;

/** The probes for a sandbox of this specification. */
export function probesFor(spec: SandboxSpec): Probe[] {
  const memory = sandboxMemoryBytes(spec);
  const processes = sandboxProcesses(spec);
  return [
    ended("wall", "import time\ntime.sleep(2)", { wallMs: SHORT_WALL_MS }),
    ended("cpu", "import time\nwhile time.process_time() < 2: pass", { cpuMs: SHORT_CPU_MS }),
    ended("output", "import os\nfor _ in range(64): os.write(1, bytes(65536))", {}),
    ended("memory", program("memory.py"), {}, [3 * LIMITS.memoryBytes, STAY]),
    walls(),
    crowd("processes", LIMITS.processes, "process", {}),
    wholeMemory(memory),
    wholeCrowd(processes, spec.runtime === "default"),
  ];
}

/** A program that must be ended by the limit it overdoes. */
function ended(limit: LimitName & ProvedLimit, source: string, limits: Partial<RunLimits>, args: number[] = []): Probe {
  return {
    limits: [limit],
    takesAll: false,
    request: requestOf(source, args, limits),
    judge: (result) => [{ limit, held: result.limit === limit, detail: describe(result) }],
  };
}

/** A program that prints how many processes or threads it came to, and must not come to more than `most`. */
function crowd(limit: ProvedLimit, most: number, kind: "process" | "thread", limits: Partial<RunLimits>): Probe {
  return {
    limits: [limit],
    takesAll: false,
    request: requestOf(program("processes.py"), [most + 64, STAY, kind], { memoryBytes: 512 * MIB, ...limits }),
    judge: (result) => {
      if (result.limit === limit) return [{ limit, held: true, detail: describe(result) }];
      const count = Number(textOf(result) || NaN);
      return Number.isInteger(count)
        ? [{ limit, held: count <= most + OFF_BY, detail: `came to ${count} of ${most}` }]
        : null;
    },
  };
}

/** A program that starts more than the whole sandbox may have, although its run is promised it. */
function wholeCrowd(most: number, byEngine: boolean): Probe {
  const limit = "processes_total";
  const probe = crowd(limit, most, "thread", { processes: 100_000 });
  return {
    ...probe,
    takesAll: true,
    judge: (result) =>
      // Under runc the engine is to hold it; a kernel of the sandbox's own may leave it to the lanes.
      result.limit === "processes" && !byEngine
        ? [{ limit, held: true, detail: describe(result) }]
        : probe.judge(result),
    judgeFault: (error) => endedWhole(limit, error),
  };
}

/** A program that needs more than the whole sandbox has, although its run is promised it. */
function wholeMemory(bytes: number): Probe {
  const limit = "memory_total";
  const beyond = bytes + 32 * MIB;
  return {
    limits: [limit],
    takesAll: true,
    request: requestOf(program("memory.py"), [beyond, 0], { memoryBytes: 4 * beyond }),
    judge: (result) => {
      const held = result.limit === "memory" || !textOf(result).includes("held");
      return [{ limit, held, detail: describe(result) }];
    },
    judgeFault: (error) => endedWhole(limit, error),
  };
}

/** In gVisor nobody in the sandbox survives when all of it has too much. */
function endedWhole(limit: ProvedLimit, error: unknown): Finding[] | null {
  return faultCause(error) === "oom" ? [{ limit, held: true, detail: "the kernel ended the whole sandbox" }] : null;
}

const WALLS = ["file_size", "disk", "inodes", "open_files", "network", "root", "privileges", "seccomp"] as const;

/** What can be tried within one run. */
function walls(): Probe {
  const { diskBytes, openFiles } = LIMITS;
  return {
    limits: WALLS,
    takesAll: false,
    request: requestOf(program("walls.py"), [diskBytes, TEST_SIZES.scratchBytes, SCRATCH_INODES, openFiles], {}),
    judge: (result) => {
      const found = readAnswers(textOf(result));
      return (
        found &&
        WALLS.map((limit) => {
          const escaped = found[limit];
          return { limit, held: escaped === null, detail: typeof escaped === "string" ? escaped : "stopped" };
        })
      );
    },
  };
}

function readAnswers(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as unknown;
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function requestOf(source: string, args: readonly (number | string)[], limits: Partial<RunLimits>): RunRequest {
  return { program: { interpreter: "plain", source, args: args.map(String) }, limits: { ...LIMITS, ...limits } };
}

function program(name: string): string {
  return readFileSync(new URL(`./programs/${name}`, import.meta.url), "utf8");
}

function textOf({ stdout }: RunResult): string {
  return Buffer.concat([stdout.head, stdout.tail]).toString("utf8").trim();
}

export function describe(result: RunResult): string {
  if (result.limit !== null) return `ended by its limit: ${result.limit}`;
  const how = "code" in result.exit ? `exit code ${result.exit.code}` : `signal ${result.exit.signal}`;
  return `${how} after ${Math.round(result.times.wallMs)} ms${textOf(result) ? `: ${textOf(result).slice(0, 200)}` : ""}`;
}
