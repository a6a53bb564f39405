import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * What leaks when something leaks. How many lanes there are at a moment is chance, within bounds; what one of them holds is
 * not. So what is in lanes is counted for each, and the largest of all is shown.
 */
export interface Census {
  readonly containers: number;
  /** In all sandboxes. */
  readonly lanes: number;
  readonly laneProcesses: number;
  readonly laneUsers: number;
  readonly laneDescriptors: number;
  readonly laneMounts: number;
  readonly laneMiB: number;
  /** Of a sandbox, outside its lanes: the agent and its templates. */
  readonly agentProcesses: number;
  readonly agentDescriptors: number;
  readonly agentMounts: number;
  readonly agentMiB: number;
  /** Of all sandboxes, without those of lanes. */
  readonly networkNamespaces: number;
  readonly serverDescriptors: number;
  readonly serverMiB: number;
  readonly hostMounts: number;
  readonly hostCgroups: number;
}

/** `server`: PID of the server of this installation. */
export function census(server: number, installation: string): Census {
  const containers = sandboxes(installation).map(({ pids }) => ({ pids, ...partsOf(pids) }));
  const lanes = containers.flatMap(({ lanes }) => lanes);
  const outside = containers.map(({ agent }) => agent);
  const networks = new Set(containers.flatMap(({ pids }) => pids.map((pid) => namespace(pid, "net"))));
  return {
    containers: containers.length,
    lanes: lanes.length,
    laneProcesses: largest(lanes, (pids) => pids.length),
    laneUsers: largest(lanes, (pids) => new Set(pids.map(userOf)).size),
    laneDescriptors: largest(lanes, (pids) => sum(pids, descriptors)),
    laneMounts: largest(lanes, mountsOfAll),
    laneMiB: largest(lanes, mebibytes),
    agentProcesses: largest(outside, (pids) => pids.length),
    agentDescriptors: largest(outside, (pids) => sum(pids, descriptors)),
    agentMounts: largest(outside, mountsOfAll),
    agentMiB: largest(outside, mebibytes),
    networkNamespaces: networks.size - lanes.length,
    serverDescriptors: descriptors(server),
    serverMiB: Math.round(statusKiB(server, "VmRSS") / 1024),
    hostMounts: mounts(process.pid),
    hostCgroups: cgroupFolders("/sys/fs/cgroup").length,
  };
}

/** Processes of a sandbox by lane, each a PID namespace below the sandbox's own, and those in no lane. */
function partsOf(pids: readonly number[]): { readonly lanes: number[][]; readonly agent: number[] } {
  const byLane = new Map<string, number[]>();
  const agent: number[] = [];
  for (const pid of pids) {
    if (namespacePids(pid).length < 3) agent.push(pid);
    else {
      const lane = namespace(pid, "pid");
      byLane.set(lane, [...(byLane.get(lane) ?? []), pid]);
    }
  }
  return { lanes: [...byLane.values()], agent };
}

/** The running sandboxes of an installation, each with its processes, the agent first. */
export function sandboxes(installation: string): { readonly name: string; readonly pids: number[] }[] {
  const label = `label=sandlot.installation=${installation}`;
  const listed = docker("ps", "--no-trunc", "--filter", label, "--format", "{{.ID}} {{.Names}}");
  return listed.map((line) => {
    const [id = "", name = ""] = line.split(" ");
    return { name, pids: processes().filter((pid) => inCgroup(pid, id)) };
  });
}

/** Whose a sandbox is. */
export function installationOf(sandbox: string): string {
  return docker("inspect", "--format", '{{index .Config.Labels "sandlot.installation"}}', sandbox)[0] ?? "";
}

/** Numbers of a process in each of its PID namespaces, the machine's first; empty when it has gone. */
export function namespacePids(pid: number): number[] {
  const line = attempt(() => /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1], "") ?? "";
  return line.trim().split(/\s+/).filter(Boolean).map(Number);
}

export function docker(...args: string[]): string[] {
  return execFileSync("docker", args).toString().split("\n").filter(Boolean);
}

/** Of the machine, the oldest first. */
export function processes(): number[] {
  const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).sort((a, b) => a - b);
}

function inCgroup(pid: number, id: string): boolean {
  return attempt(() => readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(id), false);
}

function descriptors(pid: number): number {
  return attempt(() => readdirSync(`/proc/${pid}/fd`).length, 0);
}

function mounts(pid: number): number {
  return attempt(() => readFileSync(`/proc/${pid}/mountinfo`, "utf8").split("\n").length - 1, 0);
}

function proportionalKiB(pid: number): number {
  return attempt(() => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0), 0);
}

/** A figure of /proc/PID/status, e.g. `VmRSS`. */
export function statusKiB(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
}

/** A folder of cgroups, and all below it. */
export function cgroupFolders(folder: string): string[] {
  const below = attempt(() => readdirSync(folder, { withFileTypes: true }), []).filter((entry) => entry.isDirectory());
  return [folder, ...below.flatMap(({ name }) => cgroupFolders(join(folder, name)))];
}

/** Of distinct mount namespaces. */
function mountsOfAll(pids: readonly number[]): number {
  return sum([...new Map(pids.map((pid) => [namespace(pid, "mnt"), pid])).values()], mounts);
}

function mebibytes(pids: readonly number[]): number {
  return Math.round(sum(pids, proportionalKiB) / 1024);
}

function namespace(pid: number, kind: string): string {
  return attempt(() => readlinkSync(`/proc/${pid}/ns/${kind}`), "");
}

function userOf(pid: number): number {
  return attempt(() => statSync(`/proc/${pid}`).uid, -1);
}

function largest<T>(items: readonly T[], value: (item: T) => number): number {
  return Math.max(0, ...items.map(value));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** Processes come and go while they are counted. */
export function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
