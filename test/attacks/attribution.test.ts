import { afterAll, describe, expect, it } from "vitest";
import { type Sale, saleTable, sell } from "./attribution/play.ts";
import { nameOf, type Target } from "./gate/target.ts";

const TARGETS_OF_SALE: readonly Target[] = [
  { provider: "docker", runtime: "default", mode: "A" },
  // Where a program can reach its lane, and so bring its sandbox down.
  { provider: "local", runtime: "default", mode: "C" },
];

/** A policy that could crash its sandbox instead of failing would swap its 0 for no sample, and training would reward it. */
describe("candidates that try to buy a mask", () => {
  const sales: Record<string, Sale> = {};
  afterAll(() => console.log(saleTable(sales)));

  it.each(TARGETS_OF_SALE.map((target) => [nameOf(target), target] as const))(
    "get none on %s, and honest neighbours keep their right results",
    { timeout: 600_000 },
    async (name, target) => {
      const sale = (sales[name] = await sell(target));
      expect(sale.buyers.filter(({ isMask }) => isMask)).toEqual([]);
      expect(sale.honest.wronged).toEqual([]);
      expect(sale.honest.runs).toBeGreaterThan(sale.buyers.length);
    },
  );
});
