/**
 * Takes down one defence of the agent after the other, in a copy, and records which attacks then get through:
 * `docs/attacks/defences.md`. Usage: npm run attacks:defences -- [--only NAME]... [--dry]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEFENCES } from "./list.ts";
import { type Breach, breach, breachTable } from "./play.ts";

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true, default: [] }, dry: { type: "boolean", default: false } },
});
const wanted = DEFENCES.filter(
  ({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)),
);
const breaches: Breach[] = [];
for (const defence of wanted) {
  const found = await breach(defence);
  breaches.push(found);
  console.log(`${defence.name}: ${found.through.join("; ") || found.failure || `none of ${found.tried.length}`}`);
}
const seen = breaches.filter(({ through, failure }) => through.length > 0 || failure !== null).length;
const text = [
  "# What each defence is for",
  "",
  "Written by `npm run attacks:defences`: the agent is copied, one defence is taken down in the copy, and the attacks that it is there",
  "for are played again. What stands in the last column got through. Where nothing did, another wall holds the same attacks; such a",
  "defence stays as the second line.",
  "",
  breachTable(breaches),
  "",
  `${seen} of ${breaches.length} were seen to matter by themselves.`,
  "",
].join("\n");
const folder = join(import.meta.dirname, "../../../docs/attacks");
if (!values.dry && wanted.length === DEFENCES.length) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "defences.md"), text);
}
console.log(`${seen} of ${breaches.length} were seen to matter by themselves`);
process.exit(0);
