/**
 * Takes down one defence of the agent after the other, in a copy, and records which attacks then get through:
 * `docs/attacks/defences.md`, where `--only` renews the rows of those that it names. Exit code 1 when one was not seen to
 * matter, by itself or as the second line of another. Usage: npm run attacks:defences -- [--only NAME]... [--dry]
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEFENCES } from "./list.ts";
import { pageOf, rowIn, rowOf, summaryOf } from "./page.ts";
import { Baseline, type Breach, breach } from "./play.ts";

const FOLDER = join(import.meta.dirname, "../../../docs/attacks");
const PAGE = join(FOLDER, "defences.md");

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true, default: [] }, dry: { type: "boolean", default: false } },
});
const wanted = DEFENCES.filter(
  ({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)),
);
const baseline = new Baseline();
const breaches = new Map<string, Breach>();
for (const defence of wanted) {
  const begun = performance.now();
  const found = await breach(defence, baseline);
  breaches.set(defence.name, found);
  const took = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  console.log(`${found.proof} (${took}) ${defence.name}: ${found.through.join("; ") || found.detail}`);
}
console.log(summaryOf(Array.from(breaches.values(), rowOf)));
if (!values.dry) {
  const before = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const rows = DEFENCES.flatMap(({ name }) => {
    const found = breaches.get(name);
    return (found ? rowOf(found) : rowIn(before, name)) ?? [];
  });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(PAGE, pageOf(rows));
}
const unproved = Array.from(breaches.values()).filter(({ proof }) => proof === "none");
process.exit(wanted.length > 0 && unproved.length === 0 ? 0 : 1);
