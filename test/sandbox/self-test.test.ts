import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import type { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { silentLogger } from "../../src/core/logger.ts";
import {
  DEFAULT_POOL_LIMITS,
  type RunLimits,
  type Sandbox,
  SandboxPools,
  type SandboxProvider,
  type SandboxSpec,
} from "../../src/sandbox/index.ts";
import { PROVED_LIMITS, type ProvedLimit } from "../../src/contract/sandbox-limits.ts";
import { SelfTest } from "../../src/sandbox/self-test/index.ts";
import { containersOf, docker } from "../support/engine.ts";
import { ctx, openProvider, specOf, type TestProvider } from "../support/sandboxes.ts";

/** What a provider forgets to hold. */
interface Weakness {
  readonly spec?: Partial<SandboxSpec>;
  readonly limits?: Partial<RunLimits>;
}

/** A real provider whose sandboxes are larger than they were ordered, or whose runs are. */
function weakened(provider: SandboxProvider, { spec = {}, limits = {} }: Weakness): SandboxProvider & { made: number } {
  const weak = {
    name: provider.name,
    made: 0,
    probe: (...args: Parameters<SandboxProvider["probe"]>) => provider.probe(...args),
    list: (...args: Parameters<SandboxProvider["list"]>) => provider.list(...args),
    remove: (...args: Parameters<SandboxProvider["remove"]>) => provider.remove(...args),
    async create(...[context, ordered]: Parameters<SandboxProvider["create"]>): Promise<Sandbox> {
      weak.made++;
      const sandbox = await provider.create(context, { ...ordered, ...spec });
      return new Proxy(sandbox, {
        get(target, name) {
          if (name === "run")
            return (...[inner, request]: Parameters<Sandbox["run"]>) =>
              target.run(inner, { ...request, limits: { ...request.limits, ...limits } });
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
    },
  };
  return weak;
}

const MIB = 1 << 20;
const UNLIMITED_RUNS: Weakness = {
  limits: {
    wallMs: 70_000,
    cpuMs: 60_000,
    memoryBytes: 400 * MIB,
    processes: 1_000,
    outputBytes: 64 * MIB,
    diskBytes: 64 * MIB,
    openFiles: 1_000,
  },
};
const LARGER_SANDBOXES: Weakness = { spec: { memoryBytes: 400 * MIB, scratchBytes: 64 * MIB, processes: 400 } };

describe("the self-test of limits", () => {
  let opened: TestProvider;
  beforeAll(async () => {
    opened = await openProvider("docker");
  });
  afterAll(async () => {
    expect(await containersOf(opened.owner.installation)).toEqual([]);
    opened.close();
  });

  const testOf = (provider: SandboxProvider, accepted: readonly ProvedLimit[] = []) =>
    new SelfTest({ provider, accepted, clock: systemClock, logger: silentLogger });

  it("finds that docker holds every limit, once for all sandboxes of a kind", async () => {
    const provider = weakened(opened.provider, {});
    const test = testOf(provider);
    const spec = specOf("B");
    const others = [
      { ...spec, tenant: "blue" },
      { ...spec, memoryBytes: 2 * spec.memoryBytes },
    ];
    const sandboxes = await Promise.all([spec, ...others].map((wanted) => test.create(ctx, wanted)));
    expect(test.reports).toHaveLength(1);
    const findings = test.reports[0]?.findings ?? [];
    expect(findings.map(({ limit }) => limit).toSorted()).toEqual([...PROVED_LIMITS].toSorted());
    expect(findings.filter(({ held }) => !held)).toEqual([]);
    expect(provider.made).toBe(4);
    expect(test.isProved(spec)).toBe(true);
    for (const { id } of sandboxes) await opened.provider.remove(ctx, id);
    expect(test.sandboxIds).toEqual([]);
  });

  it("finds the same where a sandbox is good for one run", async () => {
    const test = testOf(opened.provider);
    const sandbox = await test.create(ctx, specOf("C"));
    expect(test.reports[0]).toMatchObject({ mode: "C" });
    expect(test.reports[0]?.findings.filter(({ held }) => !held)).toEqual([]);
    await opened.provider.remove(ctx, sandbox.id);
  });

  it.each<[string, Weakness, ProvedLimit[]]>([
    [
      "runs that no limit ends",
      UNLIMITED_RUNS,
      ["cpu", "file_size", "memory", "open_files", "output", "processes", "wall"],
    ],
    ["sandboxes larger than ordered", LARGER_SANDBOXES, ["disk", "memory_total", "processes_total"]],
  ])("refuses %s, and names every limit that is not held", async (_, weakness, unheld) => {
    const test = testOf(weakened(opened.provider, weakness));
    const refusal = await test.create(ctx, specOf("B")).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "limits_unenforced", context: { provider: "docker" } });
    const { limits } = (refusal as SandlotError<"limits_unenforced">).context;
    expect(limits.split(", ").toSorted()).toEqual(unheld);
  });

  it("tells every escape there is from a container without walls", async () => {
    const program = new URL("../../src/sandbox/self-test/programs/walls.py", import.meta.url).pathname;
    const images = (await docker(["images", "--format", "{{.Repository}}:{{.Tag}}"])).split("\n");
    const image = images.find((name) => name.startsWith("sandlot/python:")) ?? "";
    const open = ["--network", "host", "--security-opt", "seccomp=unconfined", "--cap-add", "SYS_ADMIN", "--user", "0"];
    const mount = ["--volume", `${program}:/walls.py:ro`, "--workdir", "/workspace"];
    const arguments_ = [1 * MIB, 4 * MIB, 1_000, 64].map(String);
    const name = `sandlot-test-walls-${process.pid}`;
    const output = await docker([
      "run",
      "--rm",
      "--name",
      name,
      ...open,
      ...mount,
      image,
      "python3",
      "/walls.py",
      ...arguments_,
    ]);
    const found = JSON.parse(output) as Record<string, unknown>;
    expect(Object.keys(found).toSorted()).toEqual(
      ["disk", "file_size", "inodes", "network", "open_files", "privileges", "root", "seccomp"].toSorted(),
    );
    for (const [wall, escape] of Object.entries(found)) expect(escape, wall).toEqual(expect.any(String));
  });

  it("lets a limit go that the operator accepts by name", async () => {
    const test = testOf(weakened(opened.provider, { spec: { memoryBytes: 400 * MIB } }), ["memory_total"]);
    const sandbox = await test.create(ctx, specOf("B"));
    const finding = test.reports[0]?.findings.find(({ limit }) => limit === "memory_total");
    expect(finding).toMatchObject({ held: null, accepted: "accepted by the operator" });
    await opened.provider.remove(ctx, sandbox.id);
  });

  it("refuses a lease with the limit's name, and leaves nothing behind", async () => {
    const pools = new SandboxPools({
      provider: weakened(opened.provider, { limits: { openFiles: 1_000 } }),
      limits: DEFAULT_POOL_LIMITS,
      clock: systemClock,
      logger: silentLogger,
    });
    const lease = () => pools.pool(specOf("B")).lease(ctx, { exclusive: false });
    await expect(lease()).rejects.toMatchObject({ code: "limits_unenforced", context: { limits: "open_files" } });
    await expect(lease()).rejects.toMatchObject({ code: "limits_unenforced" });
    expect(pools.admin.list()[0]?.lastError).toMatchObject({ code: "limits_unenforced" });
    await pools.close();
    expect(await containersOf(opened.owner.installation)).toEqual([]);
  });

  it("ends with the pools, also in the middle", async () => {
    const { provider } = opened;
    const pools = new SandboxPools({ provider, limits: DEFAULT_POOL_LIMITS, clock: systemClock, logger: silentLogger });
    const lease = pools.pool(specOf("B")).lease(ctx, { exclusive: false });
    const refused = expect(lease).rejects.toMatchObject({ code: "shutting_down" });
    await new Promise((resolve) => setTimeout(resolve, 900));
    await pools.close();
    await refused;
    expect(await containersOf(opened.owner.installation)).toEqual([]);
  });

  it("knows what the local provider cannot hold by its nature, and that it holds the rest", async () => {
    const local = await openProvider("local");
    for (const [mode, unheld] of [
      ["B", ["memory_total", "processes_total"]],
      ["C", ["inodes", "memory_total", "processes_total"]],
    ] as const) {
      const test = testOf(local.provider);
      const sandbox = await test.create(ctx, specOf(mode));
      const findings = test.reports[0]?.findings ?? [];
      const open = findings.filter(({ held }) => !held);
      expect(open.map(({ limit }) => limit).toSorted()).toEqual(unheld);
      for (const { accepted } of open) expect(accepted).toMatch(/cgroup|bubblewrap/);
      await local.provider.remove(ctx, sandbox.id);
    }
  });
});
