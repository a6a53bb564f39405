import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sandboxMemoryBytes, sandboxProcesses, type SandboxSpec } from "../spec.ts";
import { containerOptions } from "./container.ts";

const spec: SandboxSpec = {
  tenant: "blue",
  resource: "code_gen",
  image: "python",
  cpus: 1.5,
  slots: 2,
  memoryBytes: 512 << 20,
  scratchBytes: 64 << 20,
  processes: 64,
  network: "none",
  runtime: "default",
  mode: "auto",
};
const input = {
  id: "sbx_1",
  spec,
  owner: { installation: "ins_1", owner: "srv_1" },
  image: "sandlot/python:abc",
  toolbox: "toolbox",
  token: "t0ken",
  expiresAt: 123,
  seccomp: "{}",
  appArmor: false,
};

describe("the container of a sandbox", () => {
  it("is hardened in every way that the engine offers", () => {
    const options = containerOptions({ ...input, spec: { ...spec, mode: "B" } });
    expect(options).toMatchObject({ User: "1000:1000", Tty: false, StdinOnce: true });
    expect(options.HostConfig).toMatchObject({
      AutoRemove: true,
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", "seccomp={}"],
      IpcMode: "private",
      LogConfig: { Type: "none" },
      NanoCpus: 1.5e9,
    });
    expect(options.HostConfig?.Privileged ?? false).toBe(false);
    expect(options.HostConfig?.CapAdd ?? []).toEqual([]);
    expect(options.HostConfig?.Binds ?? []).toEqual([]);
    expect(options.HostConfig?.Mounts).toEqual([
      expect.objectContaining({ Type: "volume", Target: "/sandlot", ReadOnly: true }),
    ]);
  });

  it("lets the agent change users in modes A and C, and nothing else", () => {
    for (const mode of ["A", "C", "auto"] as const) {
      const options = containerOptions({ ...input, spec: { ...spec, mode } });
      expect(options).toMatchObject({ User: "0:0", HostConfig: { CapDrop: ["ALL"], CapAdd: ["SETUID", "SETGID"] } });
    }
  });

  it("lifts the engine's masks only where lanes are made, which mask the same", () => {
    const lanes = containerOptions({ ...input, appArmor: true }).HostConfig;
    expect([lanes?.MaskedPaths, lanes?.ReadonlyPaths]).toEqual([[], []]);
    const none = containerOptions({ ...input, appArmor: true, spec: { ...spec, mode: "C" } }).HostConfig;
    expect([none?.MaskedPaths, none?.ReadonlyPaths]).toEqual([undefined, undefined]);
    expect(none?.SecurityOpt).not.toContain("apparmor=unconfined");
  });

  it("allows no swap, and memory and processes for all runs together", () => {
    const host = containerOptions(input).HostConfig;
    expect(host?.Memory).toBe(sandboxMemoryBytes(spec));
    expect(host?.MemorySwap).toBe(host?.Memory);
    expect(host?.PidsLimit).toBe(sandboxProcesses(spec));
    // What all runs may use, files included, stays below the limit by the agent's reserve.
    expect(sandboxMemoryBytes(spec) - 2 * (spec.memoryBytes + spec.scratchBytes)).toBeGreaterThanOrEqual(256 << 20);
    expect(sandboxProcesses(spec)).toBeGreaterThan(2 * spec.processes);
    // gVisor's own tasks count in place of its programs'.
    const other = containerOptions({ ...input, spec: { ...spec, runtime: "runsc" } }).HostConfig;
    expect(other?.PidsLimit).toBe(8 * sandboxProcesses(spec));
  });

  it("says whose it is, and takes another runtime only when asked", () => {
    expect(containerOptions(input).Labels).toEqual({
      "sandlot.installation": "ins_1",
      "sandlot.owner": "srv_1",
      "sandlot.expires": "123",
      "sandlot.tenant": "blue",
      "sandlot.resource": "code_gen",
    });
    expect(containerOptions(input).HostConfig?.Runtime).toBeUndefined();
    expect(containerOptions({ ...input, spec: { ...spec, runtime: "runsc" } }).HostConfig?.Runtime).toBe("runsc");
    expect(containerOptions({ ...input, appArmor: true }).HostConfig?.SecurityOpt).toContain("apparmor=unconfined");
  });
});

describe("the seccomp profile", () => {
  const profile = JSON.parse(readFileSync(new URL("./seccomp.json", import.meta.url), "utf8")) as {
    defaultAction: string;
    syscalls: { names: string[]; action: string }[];
  };
  const allowed = new Set(profile.syscalls.filter((s) => s.action === "SCMP_ACT_ALLOW").flatMap((s) => s.names));

  it("refuses what it does not name, and names what lanes are made of", () => {
    expect(profile.defaultAction).toBe("SCMP_ACT_ERRNO");
    for (const name of ["unshare", "mount", "umount2", "clone"]) expect(allowed, name).toContain(name);
  });

  it("names nothing that widens the kernel's surface for nobody's good", () => {
    const never = [
      "ptrace",
      "process_vm_readv",
      "bpf",
      "keyctl",
      "add_key",
      "io_uring_setup",
      "userfaultfd",
      "perf_event_open",
      "kexec_load",
      "init_module",
      "open_by_handle_at",
      "setns",
      "pivot_root",
      "reboot",
      "swapon",
    ];
    for (const name of never) expect(allowed, name).not.toContain(name);
  });
});
