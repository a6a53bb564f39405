import type { ManifestLimits, RunLimits } from "../../sandbox/index.ts";
import type { ResourceClass } from "./classes.ts";
import { refusal } from "./refusal.ts";

const MIB = 1 << 20;

/** Processor time per time on the clock where only the latter is given: runtimes work in a second thread, too. */
const PROCESSORS = 2;

/** Where neither request nor manifest say anything. */
export const CASE_LIMITS: RunLimits = {
  wallMs: 10_000,
  cpuMs: PROCESSORS * 10_000,
  memoryBytes: 256 * MIB,
  outputBytes: 64 * MIB,
  processes: 64,
  diskBytes: 32 * MIB,
  openFiles: 256,
};

export const COMPILE_LIMITS: RunLimits = {
  wallMs: 30_000,
  cpuMs: PROCESSORS * 30_000,
  memoryBytes: 512 * MIB,
  outputBytes: 16 * MIB,
  processes: 64,
  diskBytes: 64 * MIB,
  openFiles: 1024,
};

/** Less than this does not even let a slot be made, which would look like a fault of ours. */
const LEAST: RunLimits = {
  wallMs: 1,
  cpuMs: 1,
  memoryBytes: MIB,
  outputBytes: 1,
  processes: 1,
  diskBytes: 1,
  openFiles: 8,
};

/** More than this is a mistake, or serves nobody. Memory, processes and disk are bounded by the largest class. */
const MOST: Partial<RunLimits> = { wallMs: 3_600_000, cpuMs: 36_000_000, openFiles: 65_536 };

/** The words of the API, in which a refusal names a limit. */
const WIRE_NAMES: Readonly<Record<keyof RunLimits, string>> = {
  wallMs: "wall_seconds",
  cpuMs: "cpu_seconds",
  memoryBytes: "memory_mib",
  outputBytes: "output_bytes",
  processes: "processes",
  diskBytes: "disk_mib",
  openFiles: "open_files",
};
const NAMES = Object.keys(WIRE_NAMES) as readonly (keyof RunLimits)[];

/** `base` with what each of the manifests' limits says, the later ones before the earlier. */
export function manifestLimits(base: RunLimits, ...layers: readonly ManifestLimits[]): RunLimits {
  let limits = base;
  for (const layer of layers) {
    const { wall_seconds: wall, cpu_seconds: cpu } = layer;
    limits = {
      ...limits,
      wallMs: wall === undefined ? limits.wallMs : wall * 1000,
      cpuMs: cpu === undefined ? (wall === undefined ? limits.cpuMs : PROCESSORS * wall * 1000) : cpu * 1000,
      memoryBytes: layer.memory_mib === undefined ? limits.memoryBytes : layer.memory_mib * MIB,
      processes: layer.processes ?? limits.processes,
      diskBytes: layer.disk_mib === undefined ? limits.diskBytes : layer.disk_mib * MIB,
      openFiles: layer.open_files ?? limits.openFiles,
    };
  }
  return limits;
}

/**
 * `defaults` with what was asked for, times multiplied by `factor`. Of the two times, the one that is not given follows
 * the other. Throws `invalid_request` naming `<field>.<limit>`.
 */
export function requestLimits(
  defaults: RunLimits,
  asked: Partial<RunLimits> | undefined,
  { factor, field }: { readonly factor: number; readonly field: string },
): RunLimits {
  if (asked) for (const name of NAMES) check(name, asked[name], field);
  const wallMs = asked?.wallMs ?? Math.max(defaults.wallMs, asked?.cpuMs ?? 0);
  const cpuMs = asked?.cpuMs ?? (asked?.wallMs === undefined ? defaults.cpuMs : PROCESSORS * asked.wallMs);
  return { ...defaults, ...asked, wallMs: Math.ceil(wallMs * factor), cpuMs: Math.ceil(cpuMs * factor) };
}

/**
 * `limits` within the largest class. What was asked for and is more throws `invalid_request`; what a manifest says and this
 * machine cannot give is cut.
 */
export function fitted(
  limits: RunLimits,
  asked: Partial<RunLimits> | undefined,
  field: string,
  largest: ResourceClass | undefined,
): RunLimits {
  if (!largest) throw refusal(field, "this machine has not enough memory for any sandbox");
  const most = { memoryBytes: largest.memoryBytes, processes: largest.processes, diskBytes: largest.scratchBytes };
  let within = limits;
  for (const name of ["memoryBytes", "processes", "diskBytes"] as const) {
    if (limits[name] <= most[name]) continue;
    if (asked?.[name] !== undefined)
      throw refusal(`${field}.${WIRE_NAMES[name]}`, `must be at most ${inWords(name, most)}`);
    within = { ...within, [name]: most[name] };
  }
  return within;
}

function check(name: keyof RunLimits, value: number | undefined, field: string): void {
  if (value === undefined) return;
  const at = `${field}.${WIRE_NAMES[name]}`;
  if (!Number.isSafeInteger(value) || value < LEAST[name])
    throw refusal(at, `must be at least ${inWords(name, LEAST)}`);
  if (value > (MOST[name] ?? Infinity)) throw refusal(at, `must be at most ${inWords(name, MOST)}`);
}

function inWords(name: keyof RunLimits, limits: Partial<RunLimits>): string {
  const value = limits[name] ?? 0;
  const wire = WIRE_NAMES[name];
  if (wire.endsWith("_seconds")) return String(value / 1000);
  return String(wire.endsWith("_mib") ? value / MIB : value);
}
