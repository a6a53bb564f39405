import type { V1ContainerStateTerminated, V1Pod } from "@kubernetes/client-node";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { SandboxEnd } from "../faults.ts";
import { noRoom } from "./errors.ts";
import { AGENT_CONTAINER } from "./pod.ts";

/** What a pod has come to, as far as its status tells. */
export type PodState =
  | { readonly is: "starting"; readonly scheduled: boolean; readonly detail: string }
  | { readonly is: "running"; readonly address: string }
  /** It will never start. */
  | { readonly is: "failed"; readonly error: SandlotError }
  | { readonly is: "ended"; readonly end: SandboxEnd };

/** Waiting reasons that no patience mends. */
const NO_IMAGE = new Set(["ErrImageNeverPull", "InvalidImageName"]);
const NO_CONTAINER = new Set(["CreateContainerConfigError", "CreateContainerError", "RunContainerError"]);
const NO_PULL = "ImagePullBackOff";
/** What a registry says that will say the same again; else it is out of order, or slow. */
const NOT_THERE = /not found|manifest unknown|denied|unauthorized|not exist/i;
/** The node was lost, or shuts down; "Terminated" is what a node of today says of that. */
const NODE_GOES = new Set(["NodeLost", "NodeShutdown", "Terminated"]);
/** Last word of a node that refuses a pod which the scheduler gave it. */
const NODE_IS_FULL = /^(OutOf|Preempting)/;
const NODE_REFUSES = new Set(["UnexpectedAdmissionError", "NodeAffinity", "PodFeatureUnsupported"]);

/** The state of a pod; null stands for one that is not there any more. */
export function stateOf(pod: V1Pod | null): PodState {
  const failure = failureOf(pod);
  if (failure) return { is: "failed", error: failure };
  const end = endOf(pod);
  if (end) return { is: "ended", end };
  const address = pod?.status?.podIP;
  const agent = pod?.status?.containerStatuses?.find(({ name }) => name === AGENT_CONTAINER);
  return address && agent?.state?.running
    ? { is: "running", address }
    : { is: "starting", scheduled: !unscheduledOf(pod), detail: waitingFor(pod) };
}

/**
 * How a pod ended, or null. A cause that no candidate can bring about needs the cluster's own word: somebody deleted the
 * pod, another took its place, its node went. An eviction by the node is none, since what the pod does may add to it.
 */
function endOf(pod: V1Pod | null): SandboxEnd | null {
  if (!pod) return { cause: "killed", detail: "somebody deleted the pod" };
  const { phase, reason = "", message = "" } = pod.status ?? {};
  const terminated = terminationOf(pod);
  if (terminated?.reason === "OOMKilled") return { cause: "oom", detail: "the kernel ran out of the pod's memory" };
  const disruption = pod.status?.conditions?.find(
    ({ type, status }) => type === "DisruptionTarget" && status === "True",
  );
  if (disruption?.reason === "DeletionByTaintManager" || disruption?.reason === "DeletionByPodGC")
    return { cause: "engine", detail: `the node was lost: ${disruption.message ?? ""}` };
  if (disruption?.reason === "PreemptionByScheduler" || disruption?.reason === "EvictionByEvictionAPI")
    return { cause: "killed", detail: `${disruption.reason}: ${disruption.message ?? ""}` };
  if (NODE_GOES.has(reason) || phase === "Unknown") return { cause: "engine", detail: `the node was lost: ${message}` };
  if (reason === "Evicted") return { cause: "agent_exit", detail: `evicted by the node: ${message}` };
  if (reason === "DeadlineExceeded") return { cause: "lease_expired", detail: "the pod's active deadline has passed" };
  if (terminated?.reason === "ContainerStatusUnknown")
    return { cause: "engine", detail: "the node lost the container" };
  if (pod.metadata?.deletionTimestamp) return { cause: "killed", detail: "somebody deleted the pod" };
  if (terminated) return { cause: "agent_exit", detail: describe(terminated) };
  return phase === "Failed" || phase === "Succeeded"
    ? { cause: "agent_exit", detail: `${reason || phase} ${message}`.trim() }
    : null;
}

function terminationOf(pod: V1Pod): V1ContainerStateTerminated | undefined {
  return pod.status?.containerStatuses?.find(({ name }) => name === AGENT_CONTAINER)?.state?.terminated;
}

function describe({ exitCode, reason, message }: V1ContainerStateTerminated): string {
  return `exit code ${exitCode}${reason ? ` (${reason})` : ""}${message ? `: ${message.slice(-500)}` : ""}`;
}

function failureOf(pod: V1Pod | null): SandlotError | null {
  const {
    initContainerStatuses = [],
    containerStatuses = [],
    phase,
    reason: last = "",
    message: why = "",
  } = pod?.status ?? {};
  if (phase === "Failed" && containerStatuses.every(({ state }) => !state?.running && !state?.terminated)) {
    if (NODE_IS_FULL.test(last)) return noRoom(`${last}: ${why}`);
    if (NODE_REFUSES.has(last)) return new SandlotError("sandbox_create_failed", { detail: `${last}: ${why}` });
  }
  for (const { name, state } of initContainerStatuses) {
    const { terminated } = state ?? {};
    if (terminated && terminated.exitCode !== 0)
      return new SandlotError("sandbox_create_failed", { detail: `container ${name}: ${describe(terminated)}` });
  }
  for (const { name, image, state } of [...initContainerStatuses, ...containerStatuses]) {
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (NO_IMAGE.has(reason) || (reason === NO_PULL && NOT_THERE.test(message)))
      return new SandlotError("sandbox_image_missing", { image });
    if (NO_CONTAINER.has(reason) || reason === NO_PULL)
      return new SandlotError("sandbox_create_failed", { detail: `container ${name}: ${reason}: ${message}` });
  }
  return null;
}

function unscheduledOf(pod: V1Pod | null) {
  return pod?.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status !== "True");
}

/** What keeps it from running, for whoever waits too long. */
function waitingFor(pod: V1Pod | null): string {
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {};
  const unscheduled = unscheduledOf(pod);
  if (unscheduled) return unscheduled.message ?? unscheduled.reason ?? "no reason given";
  const waiting = [...initContainerStatuses, ...containerStatuses].find(({ state }) => state?.waiting);
  if (!waiting) return "no word of the node";
  const { reason = "", message = "" } = waiting.state?.waiting ?? {};
  return `container ${waiting.name}: ${reason} ${message}`.trim();
}

/** The error of a pod that has not started in time. */
export function lateness(scheduled: boolean, detail: string): SandlotError {
  return scheduled
    ? new SandlotError("sandbox_create_failed", { detail: `the pod does not start: ${detail}` })
    : noRoom(`not scheduled: ${detail}`);
}
