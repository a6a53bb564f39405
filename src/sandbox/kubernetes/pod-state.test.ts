import type { V1Pod, V1PodStatus } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { lateness, stateOf } from "./pod-state.ts";

const pod = (status: V1PodStatus, metadata: V1Pod["metadata"] = {}): V1Pod => ({ metadata, status });
const agent = (state: object) => ({ name: "agent", image: "x", imageID: "", ready: false, restartCount: 0, state });
const terminated = (exitCode: number, reason?: string) => agent({ terminated: { exitCode, reason } });
const disrupted = (reason: string) => ({ type: "DisruptionTarget", status: "True", reason, message: "because" });

describe("the state of a pod", () => {
  it("is running when its address is known and its agent runs", () => {
    expect(stateOf(pod({ podIP: "10.0.0.7", containerStatuses: [agent({ running: {} })] }))).toEqual({
      is: "running",
      address: "10.0.0.7",
    });
    expect(stateOf(pod({ podIP: "10.0.0.7", containerStatuses: [agent({ waiting: {} })] })).is).toBe("starting");
    expect(stateOf(pod({ containerStatuses: [agent({ running: {} })] })).is).toBe("starting");
    expect(stateOf(pod({})).is).toBe("starting");
  });

  it("says what it waits for", () => {
    const unscheduled = { type: "PodScheduled", status: "False", message: "0/1 nodes are available" };
    expect(stateOf(pod({ conditions: [unscheduled] }))).toEqual({
      is: "starting",
      scheduled: false,
      detail: "0/1 nodes are available",
    });
  });

  it("is late for want of room, or for another reason, and either is worth trying again", () => {
    const noRoom = lateness(false, "0/1 nodes are available");
    expect(noRoom).toMatchObject({ code: "sandbox_unavailable", retry: "backoff" });
    expect(noRoom.message).toContain("0/1 nodes are available");
    expect(lateness(true, "pulling")).toMatchObject({ code: "sandbox_create_failed" });
  });

  it.each([
    ["OutOfcpu", "sandbox_unavailable"],
    ["OutOfpods", "sandbox_unavailable"],
    ["UnexpectedAdmissionError", "sandbox_create_failed"],
  ])("is failed when its node refuses it for %s", (reason, code) => {
    const state = stateOf(pod({ phase: "Failed", reason, message: "Node didn't have enough" }));
    expect(state).toMatchObject({ is: "failed", error: { code, retry: "backoff" } });
  });

  it.each([
    ["ImagePullBackOff", "Back-off pulling image: ErrImagePull: x: not found", "sandbox_image_missing"],
    ["ImagePullBackOff", "Back-off pulling image: ErrImagePull: dial tcp: i/o timeout", "sandbox_create_failed"],
    ["ErrImageNeverPull", "", "sandbox_image_missing"],
    ["CreateContainerConfigError", "", "sandbox_create_failed"],
  ])("is failed when its container waits for %s (%s)", (reason, message, code) => {
    const state = stateOf(pod({ containerStatuses: [agent({ waiting: { reason, message } })] }));
    expect(state).toMatchObject({ is: "failed", error: { code } });
  });

  it("is failed when the toolbox could not be laid out", () => {
    const initContainerStatuses = [{ ...terminated(1, "Error"), name: "toolbox" }];
    expect(stateOf(pod({ phase: "Failed", initContainerStatuses }))).toMatchObject({
      is: "failed",
      error: { code: "sandbox_create_failed" },
    });
    const copied = [{ ...terminated(0, "Completed"), name: "toolbox" }];
    expect(stateOf(pod({ initContainerStatuses: copied })).is).toBe("starting");
  });

  it.each<[string, V1Pod | null, string]>([
    ["out of memory", pod({ containerStatuses: [terminated(137, "OOMKilled")] }), "oom"],
    [
      "out of memory, and deleted for it",
      pod({ containerStatuses: [terminated(137, "OOMKilled")] }, { deletionTimestamp: new Date() }),
      "oom",
    ],
    ["its agent's exit", pod({ containerStatuses: [terminated(1, "Error")] }), "agent_exit"],
    ["a killed agent", pod({ containerStatuses: [terminated(137, "Error")] }), "agent_exit"],
    ["its own end", pod({ phase: "Succeeded" }), "agent_exit"],
    ["an eviction by the node", pod({ phase: "Failed", reason: "Evicted", message: "low on memory" }), "agent_exit"],
    ["its deadline", pod({ phase: "Failed", reason: "DeadlineExceeded" }), "lease_expired"],
    ["a deletion", pod({}, { deletionTimestamp: new Date() }), "killed"],
    ["being gone", null, "killed"],
    ["preemption", pod({ conditions: [disrupted("PreemptionByScheduler")] }), "killed"],
    ["a drain", pod({ conditions: [disrupted("EvictionByEvictionAPI")] }), "killed"],
    ["a tainted node", pod({ conditions: [disrupted("DeletionByTaintManager")] }), "engine"],
    [
      "a node that shuts down",
      pod({ phase: "Failed", reason: "Terminated", containerStatuses: [terminated(137)] }),
      "engine",
    ],
    ["a lost node", pod({ phase: "Failed", reason: "NodeLost" }), "engine"],
    [
      "a container that nobody knows",
      pod({ containerStatuses: [terminated(137, "ContainerStatusUnknown")] }),
      "engine",
    ],
  ])("is ended by %s", (_how, ended, cause) => {
    expect(stateOf(ended)).toMatchObject({ is: "ended", end: { cause } });
  });
});
