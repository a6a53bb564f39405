/**
 * Takes down one defence of the agent after the other, in a copy, and records which attacks then get through:
 * `docs/attacks/defences.md`. Exit code 1 when one was not seen to matter, by itself or as the second line of another. Usage:
 * npm run attacks:defences -- [--only NAME]... [--dry]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEFENCES } from "./list.ts";
import { Baseline, type Breach, breach, breachTable } from "./play.ts";

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true, default: [] }, dry: { type: "boolean", default: false } },
});
const wanted = DEFENCES.filter(
  ({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)),
);
const baseline = new Baseline();
const breaches: Breach[] = [];
for (const defence of wanted) {
  const begun = performance.now();
  const found = await breach(defence, baseline);
  breaches.push(found);
  const took = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  console.log(`${found.proof} (${took}) ${defence.name}: ${found.through.join("; ") || found.detail}`);
}
const count = (...proofs: readonly Breach["proof"][]) => breaches.filter(({ proof }) => proofs.includes(proof)).length;
const summary =
  `${count("got_through", "no_start")} of ${breaches.length} were seen to matter by themselves, ` +
  `${count("second_line")} are second lines, ${count("none")} were not proved.`;
const text = [
  "# What each defence is for",
  "",
  "Written by `npm run attacks:defences`: the agent is copied, one defence is taken down in the copy, and the attacks that it is there",
  "for are played again. What stands in the last column got through, and is held by the agent as it is. A defence that is second to",
  "another holds the same attacks as that one: they get through when both are down.",
  "",
  breachTable(breaches),
  "",
  summary,
  "",
].join("\n");
const folder = join(import.meta.dirname, "../../../docs/attacks");
if (!values.dry && wanted.length === DEFENCES.length) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "defences.md"), text);
}
console.log(summary);
process.exit(wanted.length > 0 && count("none") === 0 ? 0 : 1);
