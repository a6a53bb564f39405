import type { ContainerCreateOptions, MountSettings } from "dockerode";
import { AGENT_COMMAND } from "../agent/toolbox.ts";
import { labelsOf } from "../labels.ts";
import type { SandboxOwner } from "../port.ts";
import { sandboxMemoryBytes, sandboxProcesses, SCRATCH_INODES, type SandboxSpec } from "../spec.ts";
import { SOCKET_FOLDER, SOCKET_NAME } from "./socket-folder.ts";

export interface ContainerInput {
  readonly id: string;
  readonly spec: SandboxSpec;
  readonly owner: SandboxOwner;
  /** Reference of the image. */
  readonly image: string;
  /** Volume with the toolbox. */
  readonly toolbox: string;
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Our seccomp profile, as JSON text. */
  readonly seccomp: string;
  /** Whether the engine confines containers by AppArmor. */
  readonly appArmor: boolean;
  /** Folder in which the agent finds the socket to connect to; without one it speaks over standard input and output. */
  readonly socketFolder?: string | undefined;
}

/** Agent and lanes; the agent of mode A changes to it at once. Candidates have users of their own there. */
const USER = "1000:1000";
/** All that modes A and C need: the agent changes from root to `USER` and gives slots a user of their own. */
const CHANGE_USERS = { user: "0:0", capabilities: ["SETUID", "SETGID"] };

/**
 * The container of a sandbox. Pure, so that a test can hold every line of the hardening.
 *
 * /proc is left unmasked because the kernel allows a lane its own /proc only then; the agent has no capability, and
 * candidates see the lane's, which masks the same. AppArmor's default profile refuses mounts, which lanes are made of, so it is lifted
 * for the agent; the slots' seccomp filter refuses them to candidates (docs/decisions/0003-lanes-in-containers.md).
 */
export function containerOptions(input: ContainerInput): ContainerCreateOptions {
  const { id, spec, owner, image, token, expiresAt, socketFolder } = input;
  const memory = sandboxMemoryBytes(spec);
  const { user, capabilities } = spec.mode === "B" ? { user: USER, capabilities: [] } : CHANGE_USERS;
  const makesLanes = spec.mode !== "C";
  const scratch = `rw,exec,nosuid,nodev,size=${spec.scratchBytes},mode=1777`;
  return {
    name: id,
    Image: image,
    User: user,
    Cmd: [...AGENT_COMMAND, ...(socketFolder ? ["connect", AGENT_SOCKET] : [])],
    Entrypoint: [],
    Env: [`SANDLOT_TOKEN=${token}`],
    WorkingDir: "/",
    Hostname: "sandbox",
    OpenStdin: !socketFolder,
    StdinOnce: !socketFolder,
    AttachStdin: !socketFolder,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Labels: labelsOf(owner, spec, expiresAt),
    HostConfig: {
      AutoRemove: true,
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: capabilities,
      SecurityOpt: [
        "no-new-privileges",
        `seccomp=${input.seccomp}`,
        ...(input.appArmor && makesLanes ? ["apparmor=unconfined"] : []),
      ],
      ...(makesLanes ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
      IpcMode: "private",
      PidsLimit: sandboxProcesses(spec) * (spec.runtime === "default" ? 1 : TASKS_PER_PROCESS),
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(spec.cpus * 1e9),
      LogConfig: { Type: "none", Config: {} },
      Tmpfs: Object.fromEntries(SCRATCH.map((place) => [place, `${scratch},nr_inodes=${SCRATCH_INODES}`])),
      Mounts: [
        { Type: "volume", Source: input.toolbox, Target: "/sandlot", ReadOnly: true, VolumeOptions: NO_COPY },
        ...(socketFolder ? [socketMount(socketFolder)] : []),
      ],
      Ulimits: [{ Name: "core", Soft: 0, Hard: 0 }],
      // gVisor keeps its own measure of what a loopback holds.
      ...(spec.runtime === "default" ? { Sysctls: SMALL_LOOPBACK } : { Runtime: spec.runtime }),
    },
  };
}

const AGENT_SOCKET = `${SOCKET_FOLDER}/${SOCKET_NAME}`;

function socketMount(folder: string): MountSettings {
  return { Type: "bind", Source: folder, Target: SOCKET_FOLDER, ReadOnly: true };
}

/** Everything that can be written. Slots with lanes have their own instead. */
const SCRATCH = ["/workspace", "/tmp", "/dev/shm"];

/**
 * gVisor's own tasks, which hold no limit of its programs' processes (lanes sample those) and of which it must never run
 * out: it ends then, and the sandbox with it. It takes up to seven for a process.
 */
const TASKS_PER_PROCESS = 8;

/** What connections to itself keep in flight is memory of no process, and counted apart on cgroup v1. Lanes do the same. */
const SMALL_LOOPBACK = { "net.ipv4.tcp_rmem": "4096 16384 65536", "net.ipv4.tcp_wmem": "4096 16384 65536" };

/** The volume is filled from the toolbox's image, never from a candidate image's /sandlot. */
const NO_COPY = { NoCopy: true, Labels: {}, DriverConfig: { Name: "local", Options: {} } };
