import { describe, expect, it } from "vitest";
import { SINGLE_USE } from "../../../test/support/sandbox-spec.ts";
import { sandboxMemoryBytes, type SandboxSpec } from "../spec.ts";
import { type PodInput, podName, podOf, sandboxIdOf, secretOf } from "./pod.ts";

const spec: SandboxSpec = { ...SINGLE_USE, tenant: "blue team/ü", cpus: 1.5, mode: "auto" };
const input: PodInput = {
  id: "sbx_0192f0",
  spec,
  owner: { installation: "ins_1", owner: "srv_1" },
  image: "registry.test/sandlot/python:abc",
  toolbox: "registry.test/sandlot/toolbox:abc",
  user: 1_234_567_890,
  changesUsers: false,
  security: { userNamespaces: false },
  cpuRequest: 0.5,
  maxAgeMs: 7_200_000,
  expiresAt: 123,
};

describe("the pod of a sandbox", () => {
  it("asks for what the restricted standard allows, in every container", () => {
    const { spec: pod } = podOf(input);
    const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
    expect(containers).toHaveLength(2);
    for (const { securityContext } of containers) {
      expect(securityContext).toEqual({
        privileged: false,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: input.user,
        runAsGroup: input.user,
        capabilities: { drop: ["ALL"] },
      });
    }
    expect(pod?.securityContext).toEqual({ seccompProfile: { type: "RuntimeDefault" } });
    for (const shared of ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "serviceAccountName"])
      expect(pod).not.toHaveProperty(shared);
  });

  it("shows nothing of the cluster and is bounded in time", () => {
    expect(podOf(input).spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsPolicy: "None",
      restartPolicy: "Never",
      activeDeadlineSeconds: 7200,
    });
  });

  it("reserves what cannot be taken back, and writes into memory alone", () => {
    const { spec: pod } = podOf(input);
    const [agent] = pod?.containers ?? [];
    expect(agent?.resources?.limits).toMatchObject({ memory: String(sandboxMemoryBytes(spec)), cpu: "1500m" });
    expect(agent?.resources?.requests).toEqual({ ...agent?.resources?.limits, cpu: "750m" });
    const writable = agent?.volumeMounts?.filter(({ readOnly }) => !readOnly);
    expect(writable?.map(({ mountPath, name }) => [mountPath, name])).toEqual([
      ["/workspace", "scratch"],
      ["/tmp", "scratch"],
      ["/dev/shm", "scratch"],
    ]);
    expect(pod?.volumes?.find(({ name }) => name === "scratch")?.emptyDir).toEqual({
      medium: "Memory",
      sizeLimit: String(64 << 20),
    });
  });

  it("keeps the token out of the pod", () => {
    const [token] = podOf(input).spec?.containers[0]?.env?.filter(({ name }) => name === "SANDLOT_TOKEN") ?? [];
    expect(token).toEqual({
      name: "SANDLOT_TOKEN",
      valueFrom: { secretKeyRef: { name: "sbx-0192f0", key: "token" } },
    });
    expect(secretOf(input, "t0ken")).toMatchObject({
      immutable: true,
      metadata: { name: "sbx-0192f0" },
      stringData: { token: "t0ken" },
    });
  });

  it("says whose it is in the alphabet of labels, and in full beside", () => {
    const { metadata } = podOf(input);
    expect(metadata?.labels).toEqual({
      "sandlot.installation": "ins_1",
      "sandlot.owner": "srv_1",
      "sandlot.expires": "123",
      "sandlot.tenant": "blue-team",
      "sandlot.resource": "code_gen",
    });
    expect(metadata?.annotations).toMatchObject({ "sandlot.tenant": "blue team/ü" });
    expect(metadata?.name).toBe(podName(input.id));
    expect(sandboxIdOf(podName(input.id))).toBe(input.id);
  });

  it("has more only where the cluster is configured for lanes, and another runtime only when asked", () => {
    const security = { seccompProfile: "sandlot/agent.json", userNamespaces: true };
    const { spec: pod } = podOf({ ...input, security, changesUsers: true });
    expect(pod).toMatchObject({
      hostUsers: false,
      securityContext: { seccompProfile: { type: "Localhost", localhostProfile: "sandlot/agent.json" } },
    });
    expect(pod?.containers[0]?.securityContext).toMatchObject({
      procMount: "Unmasked",
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], add: ["SETUID", "SETGID"] },
    });
    expect(pod?.initContainers?.[0]?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: input.user });
    expect(podOf(input).spec).not.toHaveProperty("runtimeClassName");
    expect(podOf({ ...input, spec: { ...spec, runtime: "gvisor" } }).spec).toMatchObject({
      runtimeClassName: "gvisor",
    });
  });
});
