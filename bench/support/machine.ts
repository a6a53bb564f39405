import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** What leaks when something leaks, counted on the machine and in all sandboxes together. */
export interface Census {
  readonly containers: number;
  /** In all sandboxes. */
  readonly processes: number;
  readonly sandboxDescriptors: number;
  readonly sandboxMounts: number;
  readonly sandboxMiB: number;
  readonly users: number;
  readonly networkNamespaces: number;
  readonly hostMounts: number;
  readonly cgroups: number;
  readonly serverDescriptors: number;
  readonly serverMiB: number;
}

/** `server`: PID of the server of this installation. */
export function census(server: number, installation: string): Census {
  const containers = sandboxes(installation);
  const pids = containers.flatMap(({ pids }) => pids);
  return {
    containers: containers.length,
    processes: pids.length,
    sandboxDescriptors: sum(pids, descriptors),
    sandboxMounts: sum(pids, mounts),
    sandboxMiB: Math.round(sum(pids, proportionalKiB) / 1024),
    users: new Set(pids.map((pid) => attempt(() => statSync(`/proc/${pid}`).uid, -1))).size,
    networkNamespaces: new Set(processes().map((pid) => attempt(() => readlinkSync(`/proc/${pid}/ns/net`), ""))).size,
    hostMounts: mounts(process.pid),
    cgroups: cgroups("/sys/fs/cgroup"),
    serverDescriptors: descriptors(server),
    serverMiB: Math.round(statusKiB(server, "VmRSS") / 1024),
  };
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
function processes(): number[] {
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

function statusKiB(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
}

function cgroups(folder: string): number {
  const below = attempt(() => readdirSync(folder, { withFileTypes: true }), []).filter((entry) => entry.isDirectory());
  return 1 + sum(below, ({ name }) => cgroups(join(folder, name)));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** Processes come and go while they are counted. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
