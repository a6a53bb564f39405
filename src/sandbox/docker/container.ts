import type { ContainerCreateOptions } from "dockerode";
import type { SandboxOwner } from "../port.ts";
import { sandboxMemoryBytes, sandboxProcesses, SCRATCH_INODES, type SandboxSpec } from "../spec.ts";

export const LABELS = {
  installation: "sandlot.installation",
  owner: "sandlot.owner",
  expires: "sandlot.expires",
  tenant: "sandlot.tenant",
  resource: "sandlot.resource",
} as const;

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
}

/** The toolbox's interpreter, by way of its own loader. */
export const TOOLBOX_PYTHON = [
  "/sandlot/lib/ld.so",
  "--library-path",
  "/sandlot/lib",
  "/sandlot/bin/python3",
  "-E",
  "-s",
  "-S",
] as const;

/** Agent and lanes; the agent of mode A changes to it at once. Candidates have users of their own there. */
const USER = "1000:1000";
/** All that modes A and C need: the agent changes from root to `USER` and gives slots a user of their own. */
const CHANGE_USERS = { user: "0:0", capabilities: ["SETUID", "SETGID"] };

/**
 * The container of a sandbox. Pure, so that a test can hold every line of the hardening.
 *
 * /proc is left unmasked because the kernel allows a lane its own /proc only then; the agent has no capability, and
 * candidates see the lane's. AppArmor's default profile refuses mounts, which lanes are made of, so it is lifted
 * for the agent; the slots' seccomp filter refuses them to candidates (docs/decisions/0003-lanes-in-containers.md).
 */
export function containerOptions(input: ContainerInput): ContainerCreateOptions {
  const { id, spec, owner, image, token, expiresAt } = input;
  const memory = sandboxMemoryBytes(spec);
  const { user, capabilities } = spec.mode === "B" ? { user: USER, capabilities: [] } : CHANGE_USERS;
  const scratch = `rw,exec,nosuid,nodev,size=${spec.scratchBytes},mode=1777`;
  return {
    name: id,
    Image: image,
    User: user,
    Cmd: [...TOOLBOX_PYTHON, "/sandlot/agent/agent.py"],
    Entrypoint: [],
    Env: [`SANDLOT_TOKEN=${token}`],
    WorkingDir: "/",
    Hostname: "sandbox",
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Labels: {
      [LABELS.installation]: owner.installation,
      [LABELS.owner]: owner.owner,
      [LABELS.expires]: String(expiresAt),
      [LABELS.tenant]: spec.tenant,
      [LABELS.resource]: spec.resource,
    },
    HostConfig: {
      AutoRemove: true,
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: capabilities,
      SecurityOpt: [
        "no-new-privileges",
        `seccomp=${input.seccomp}`,
        ...(input.appArmor ? ["apparmor=unconfined"] : []),
      ],
      MaskedPaths: [],
      ReadonlyPaths: [],
      IpcMode: "private",
      PidsLimit: sandboxProcesses(spec),
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(spec.cpus * 1e9),
      LogConfig: { Type: "none", Config: {} },
      Tmpfs: Object.fromEntries(SCRATCH.map((place) => [place, `${scratch},nr_inodes=${SCRATCH_INODES}`])),
      Mounts: [{ Type: "volume", Source: input.toolbox, Target: "/sandlot", ReadOnly: true, VolumeOptions: NO_COPY }],
      Ulimits: [{ Name: "core", Soft: 0, Hard: 0 }],
      ...(spec.runtime === "default" ? {} : { Runtime: spec.runtime }),
    },
  };
}

/** Everything that can be written. Slots with lanes have their own instead. */
const SCRATCH = ["/workspace", "/tmp", "/dev/shm"];

/** The volume is filled from the toolbox's image, never from a candidate image's /sandlot. */
const NO_COPY = { NoCopy: true, Labels: {}, DriverConfig: { Name: "local", Options: {} } };
