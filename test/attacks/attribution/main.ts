/**
 * Plays the candidates that try to buy a mask at every target and writes `docs/attacks/attribution.md`. Exit code 1 when
 * one was bought or an honest neighbour was wronged. Usage: npm run attacks:attribution -- [--target docker-A]... [--dry]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../../src/core/errors/sandlot-error.ts";
import { nameOf, TARGETS } from "../gate/target.ts";
import { type Sale, saleTable, sell } from "./play.ts";

const { values } = parseArgs({
  options: { target: { type: "string", multiple: true, default: [] }, dry: { type: "boolean", default: false } },
});
const wanted = TARGETS.filter((target) => values.target.length === 0 || values.target.includes(nameOf(target)));
const sales: Record<string, Sale> = {};
let failed = false;
for (const target of wanted) {
  try {
    const sale = (sales[nameOf(target)] = await sell(target));
    failed ||= sale.honest.wronged.length > 0 || sale.buyers.some(({ isMask }) => isMask);
    for (const problem of sale.honest.wronged) console.log(`WRONGED on ${nameOf(target)}: ${problem}`);
  } catch (error) {
    failed = true;
    console.log(`${nameOf(target)}: not played: ${messageOf(error)}`);
  }
}
const table = saleTable(sales);
console.log(table);
if (!values.dry && wanted.length === TARGETS.length) {
  const folder = join(import.meta.dirname, "../../../docs/attacks");
  mkdirSync(folder, { recursive: true });
  const text = [
    "# Candidates that try to buy a mask",
    "",
    "Written by `npm run attacks:attribution`. Each would rather have its run thrown away than lose it; a mask would be an error that nobody",
    "is blamed for. Honest programs run beside all of them, in the same sandboxes.",
    "",
    table,
    "",
  ];
  writeFileSync(join(folder, "attribution.md"), text.join("\n"));
}
process.exit(failed ? 1 : 0);
