import { expect, test } from "vitest";
import { manualClock } from "../../test/server/support/manual-clock.ts";
import { simulatedProvider } from "../../test/support/simulated-provider.ts";
import { rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { silentLogger } from "../core/logger.ts";
import { DEFAULT_POOL_LIMITS, SandboxPools, type SandboxSpec } from "../sandbox/index.ts";
import { leaseSource } from "./lease-source.ts";

const specOf = (tenant: string) => ({ tenant, resource: "execution", image: "python", slots: 1 }) as SandboxSpec;

test("why there are no sandboxes is asked of the one pool, not of all", async () => {
  const clock = manualClock();
  const error = new SandlotError("sandbox_image_missing", { image: "python" });
  const { provider, maker } = simulatedProvider(clock, { failure: () => error });
  const pools = new SandboxPools({ provider, maker, limits: DEFAULT_POOL_LIMITS, clock, logger: silentLogger });
  pools.admin.list = () => {
    throw new Error("all pools were looked at");
  };
  const [failing, unused] = [specOf("red"), specOf("blue")].map((spec) => leaseSource(pools, spec, clock));
  await expect(failing?.pool.lease(rootContext(), { exclusive: false })).rejects.toBe(error);
  expect(failing?.failure?.()).toBe(error.message);
  expect(unused?.failure?.()).toBeNull();
  await pools.close();
});
