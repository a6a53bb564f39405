import type { V1Container, V1Pod, V1Secret, V1SecurityContext } from "@kubernetes/client-node";
import { AGENT_COMMAND, TOOLBOX_PYTHON } from "../agent/toolbox.ts";
import { LABELS, labelsOf } from "../labels.ts";
import type { SandboxOwner } from "../port.ts";
import { sandboxMemoryBytes, type SandboxSpec } from "../spec.ts";

/** Where the agent listens, once, for its host. */
export const AGENT_PORT = 7460;
/** The pod's one container. */
export const AGENT_CONTAINER = "agent";

/** What differs between clusters. */
export interface PodSecurity {
  /** Profile on the nodes, below the kubelet's seccomp folder; default is the runtime's own, which refuses lanes. */
  readonly seccompProfile?: string | undefined;
  /** Pods have a user namespace and a whole /proc, as lanes need it. */
  readonly userNamespaces: boolean;
}

export interface PodInput {
  readonly id: string;
  readonly spec: SandboxSpec;
  readonly owner: SandboxOwner;
  /** Reference of the image. */
  readonly image: string;
  /** Reference of the toolbox's image. */
  readonly toolbox: string;
  /** Nobody else's on the node; of everything in the pod, unless the agent gives slots users of their own. */
  readonly user: number;
  /** The agent starts as root, and gives slots users of their own (modes A and C). */
  readonly changesUsers: boolean;
  readonly security: PodSecurity;
  /** Part of the processor time that the node reserves, above 0 and up to 1. */
  readonly cpuRequest: number;
  readonly maxAgeMs: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Names of pods have no underscore. */
export const podName = (sandboxId: string): string => sandboxId.replace("_", "-");
export const sandboxIdOf = (name: string): string => name.replace("-", "_");

const TOOLBOX_BYTES = 128 << 20;
const NODE_DISK_BYTES = TOOLBOX_BYTES + (64 << 20);
/** Copies every folder of the toolbox; the volume itself belongs to the node. */
const COPY_TOOLBOX =
  "import os, shutil\nfor name in os.listdir('/sandlot'): shutil.copytree('/sandlot/' + name, '/toolbox/' + name, symlinks=True)";

/**
 * The pod of a sandbox: what the "restricted" security standard asks for, but where the agent may change users, which
 * takes the "baseline" one; and nothing of the cluster. Pure, so that a test can hold every line of the hardening.
 *
 * All that can be written is one memory volume, which counts as the pod's memory, and the file for a last message, which
 * every container has: a run in mode C is the pod's only one, and lanes cover it.
 */
export function podOf(input: PodInput): V1Pod {
  const { id, spec, owner, expiresAt, security, maxAgeMs } = input;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: podName(id), ...marks(owner, spec, expiresAt) },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 1,
      activeDeadlineSeconds: Math.ceil(maxAgeMs / 1000),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostname: "sandbox",
      // No name is ever looked up, and the cluster's are nobody's business.
      dnsPolicy: "None",
      dnsConfig: { nameservers: ["127.0.0.1"] },
      ...(security.userNamespaces ? { hostUsers: false } : {}),
      ...(spec.runtime === "default" ? {} : { runtimeClassName: spec.runtime }),
      securityContext: {
        seccompProfile: security.seccompProfile
          ? { type: "Localhost", localhostProfile: security.seccompProfile }
          : { type: "RuntimeDefault" },
      },
      initContainers: [toolboxContainer(input)],
      containers: [agentContainer(input)],
      volumes: [
        { name: "toolbox", emptyDir: { sizeLimit: String(TOOLBOX_BYTES) } },
        { name: "scratch", emptyDir: { medium: "Memory", sizeLimit: String(spec.scratchBytes) } },
      ],
    },
  };
}

/** The token, which readers of pods need not see. It is of no use once its agent has been connected to. */
export function secretOf({ id, spec, owner, expiresAt }: PodInput, token: string): V1Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    immutable: true,
    metadata: { name: podName(id), ...marks(owner, spec, expiresAt) },
    stringData: { token },
  };
}

/** Values of labels have an alphabet; what does not fit it stands in full in an annotation. */
function marks(owner: SandboxOwner, spec: SandboxSpec, expiresAt: number) {
  const labels = labelsOf(owner, spec, expiresAt);
  const fit = (text: string) =>
    text
      .replace(/[^A-Za-z0-9_.-]/g, "-")
      .slice(0, 63)
      .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
  return {
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, fit(value)])),
    annotations: { [LABELS.tenant]: spec.tenant, [LABELS.resource]: spec.resource },
  };
}

function agentContainer(input: PodInput): V1Container {
  const { image, id } = input;
  return {
    ...common(input),
    name: AGENT_CONTAINER,
    image,
    command: [...AGENT_COMMAND],
    args: ["listen", `$(POD_IP):${AGENT_PORT}`],
    workingDir: "/",
    env: [
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "SANDLOT_TOKEN", valueFrom: { secretKeyRef: { name: podName(id), key: "token" } } },
    ],
    ports: [{ name: "agent", containerPort: AGENT_PORT }],
    volumeMounts: [
      { name: "toolbox", mountPath: "/sandlot", readOnly: true },
      ...["/workspace", "/tmp", "/dev/shm"].map((mountPath) => ({
        name: "scratch",
        mountPath,
        subPath: mountPath.slice(mountPath.lastIndexOf("/") + 1),
      })),
    ],
    securityContext: securityContext(input, input.changesUsers),
  };
}

function toolboxContainer(input: PodInput): V1Container {
  return {
    ...common(input),
    name: "toolbox",
    image: input.toolbox,
    command: [...TOOLBOX_PYTHON, "-c", COPY_TOOLBOX],
    volumeMounts: [{ name: "toolbox", mountPath: "/toolbox" }],
    securityContext: securityContext(input, false),
  };
}

/** What cannot be taken back is reserved in full, so that no node promises more of it than it has. */
function common({ spec, cpuRequest }: PodInput): Pick<V1Container, "imagePullPolicy" | "resources"> {
  const firm = { memory: String(sandboxMemoryBytes(spec)), "ephemeral-storage": String(NODE_DISK_BYTES) };
  const milliCpus = (part: number) => `${Math.max(1, Math.round(part * spec.cpus * 1000))}m`;
  return {
    imagePullPolicy: "IfNotPresent",
    resources: { limits: { ...firm, cpu: milliCpus(1) }, requests: { ...firm, cpu: milliCpus(cpuRequest) } },
  };
}

function securityContext({ user, security }: PodInput, changesUsers: boolean): V1SecurityContext {
  return {
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    ...(security.userNamespaces ? { procMount: "Unmasked" } : {}),
    ...(changesUsers
      ? { runAsUser: 0, runAsGroup: 0, capabilities: { drop: ["ALL"], add: ["SETUID", "SETGID"] } }
      : { runAsNonRoot: true, runAsUser: user, runAsGroup: user, capabilities: { drop: ["ALL"] } }),
  };
}
