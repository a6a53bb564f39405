import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt, cgroupFolders, docker, processes } from "./machine.ts";

/** Everything that a server can leave on its machine. Whatever is not of the machine is of one installation alone. */
export interface Traces {
  readonly containers: number;
  /** In a cgroup of one of its containers, or naming one (the engine's helpers). */
  readonly containerProcesses: number;
  readonly containerMounts: number;
  readonly containerCgroups: number;
  readonly engineFolders: number;
  /** Working in its data directory, or naming it: the server, the database and who watches over that. */
  readonly serverProcesses: number;
  readonly dataFiles: number;
  readonly databaseTemporaries: number;
  readonly socketFolders: number;
  readonly temporaries: number;
  readonly machineMounts: number;
  readonly machineCgroups: number;
  readonly machineNetworks: number;
  readonly machineVolumes: number;
  readonly machineSharedMemory: number;
}

export const TRACE_NAMES: Readonly<Record<keyof Traces, string>> = {
  containers: "containers",
  containerProcesses: "processes of its containers",
  containerMounts: "mounts of its containers",
  containerCgroups: "cgroup folders of its containers",
  engineFolders: "the engine's folders of its containers",
  serverProcesses: "processes of server and database",
  dataFiles: "files in its data directory, database's own apart",
  databaseTemporaries: "temporary files of its database",
  socketFolders: "socket folders",
  temporaries: "entries in its temporary folder",
  machineMounts: "mounts (machine)",
  machineCgroups: "cgroup folders (machine)",
  machineNetworks: "networks (engine)",
  machineVolumes: "volumes, toolboxes apart (engine)",
  machineSharedMemory: "System V shared memory (machine)",
};

/** Of the whole machine: others can change these. */
export function isOfMachine(name: keyof Traces): boolean {
  return name.startsWith("machine");
}

/** Follows the containers of an installation by the engine's events, so that what is left of those that have gone is still known for theirs. */
export class Follower {
  readonly #events: ChildProcess;
  readonly #ids = new Set<string>();
  readonly #roots = new Set<string>();

  constructor(installation: string) {
    const label = `label=sandlot.installation=${installation}`;
    const filters = ["--filter", "type=container", "--filter", "event=create", "--filter", label];
    const events = spawn("docker", ["events", ...filters, "--format", "{{.Actor.ID}}"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let rest = "";
    events.stdout.on("data", (data) => {
      const lines = (rest + String(data)).split("\n");
      rest = lines.pop() ?? "";
      for (const id of lines) this.#add(id);
    });
    for (const id of docker("ps", "-aq", "--no-trunc", "--filter", label)) this.#add(id);
    this.#events = events;
  }

  /** Of every container since the start. */
  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  /** Where the engine mounts their file systems, as far as they lived long enough to be asked. */
  get roots(): ReadonlySet<string> {
    return this.#roots;
  }

  #add(id: string): void {
    this.#ids.add(id);
    execFile("docker", ["inspect", "--format", "{{.GraphDriver.Data.MergedDir}}", id], (error, root) => {
      if (!error && root.startsWith("/")) this.#roots.add(root.trim());
    });
  }

  close(): void {
    this.#events.kill();
  }
}

export interface TracesOf {
  readonly installation: string;
  readonly containers: ReadonlySet<string>;
  /** Mount points of their file systems. */
  readonly roots: ReadonlySet<string>;
  /** The data directory. */
  readonly folder: string;
  /** What the server takes for the system's temporary folder; the data directory may be in it. */
  readonly temporary: string;
}

export function traces({ installation, containers, roots, folder, temporary }: TracesOf): Traces {
  const isTheirs = (text: string) => (text.match(/[0-9a-f]{64}/g) ?? []).some((id) => containers.has(id));
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  const cgroups = cgroupFolders("/sys/fs/cgroup");
  const pids = processes();
  const files = below(folder);
  const [root = "/var/lib/docker"] = docker("info", "--format", "{{.DockerRootDir}}");
  const folders = [join(root, "containers"), "/run/containerd/io.containerd.runtime.v2.task/moby"];
  const volumes = docker("volume", "ls", "--format", "{{.Name}}");
  return {
    containers: docker("ps", "-aq", "--filter", `label=sandlot.installation=${installation}`).length,
    containerProcesses: pids.filter((pid) => isTheirs(textOf(pid, "cgroup") + textOf(pid, "cmdline"))).length,
    containerMounts: mounts.filter((line) => isTheirs(line) || roots.has(line.split(" ")[4] ?? "")).length,
    containerCgroups: cgroups.filter(isTheirs).length,
    engineFolders: folders.flatMap((path) => [...containers].filter((id) => existsSync(join(path, id)))).length,
    serverProcesses: pids.filter((pid) => works(pid, folder)).length,
    dataFiles: files.filter((path) => !isIn(path, join(folder, "postgres"))).length,
    databaseTemporaries: files.filter((path) => /^(pgsql_tmp|pg_dynshmem)$/.test(nameOf(dirname(path)))).length,
    socketFolders: attempt(() => readdirSync(join(folder, "sockets")), []).length,
    temporaries: readdirSync(temporary).filter((name) => !isIn(folder, join(temporary, name))).length,
    machineMounts: mounts.length,
    machineCgroups: cgroups.length,
    machineNetworks: docker("network", "ls", "-q").length,
    machineVolumes: volumes.filter((name) => !name.startsWith("sandlot-toolbox-")).length,
    machineSharedMemory: readFileSync("/proc/sysvipc/shm", "utf8").trim().split("\n").length - 1,
  };
}

function works(pid: number, folder: string): boolean {
  return (
    textOf(pid, "cmdline").includes(folder) ||
    isIn(
      attempt(() => readlinkSync(`/proc/${pid}/cwd`), ""),
      folder,
    )
  );
}

function textOf(pid: number, name: string): string {
  return attempt(() => readFileSync(`/proc/${pid}/${name}`, "utf8"), "");
}

/** Everything below a folder; links are not followed. */
function below(folder: string): string[] {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }), []);
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...below(path)] : [path];
  });
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
