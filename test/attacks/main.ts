/**
 * Plays every attack at every target and writes `docs/attacks/<target>.md`. Exit code 1 when something was missed or an
 * honest program failed. Usage: npm run attacks -- [--target docker-A]... [--entry A04]... [--dry]
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rootContext } from "../../src/core/context.ts";
import { messageOf } from "../../src/core/errors/sandlot-error.ts";
import { prepareImages } from "../../src/sandbox/docker/index.ts";
import { ENTRIES } from "./gate/families.ts";
import { type Finding, playEntries } from "./gate/gate.ts";
import { openArena } from "./gate/open.ts";
import { familyTable, report, tableHead } from "./gate/report.ts";
import { nameOf, type Target, TARGETS } from "./gate/target.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true, default: [] },
    entry: { type: "string", multiple: true, default: [] },
    /** Only prints. */
    dry: { type: "boolean", default: false },
  },
});
const ctx = rootContext();
const socketPath = "/var/run/docker.sock";
const imagesRoot = join(import.meta.dirname, "../../sandboxes");
const FOLDER = join(import.meta.dirname, "../../docs/attacks");
const wanted = TARGETS.filter((target) => values.target.length === 0 || values.target.includes(nameOf(target)));
const entries = ENTRIES.filter(({ id }) => values.entry.length === 0 || values.entry.includes(id));
mkdirSync(FOLDER, { recursive: true });

let missed = 0;
for (const target of wanted) {
  const name = nameOf(target);
  console.log(`\n${name}`);
  const findings = await played(target);
  if (!findings) continue;
  for (const { entry, name, state, detail } of findings)
    if (state === "missed") console.log(`MISSED ${entry} ${name}: ${detail.slice(0, 600)}`);
  missed += findings.filter(({ state }) => state === "missed").length;
  console.log(familyTable(entries, findings));
  if (!values.dry && entries.length === ENTRIES.length)
    writeFileSync(join(FOLDER, `${name}.md`), report(target, entries, findings));
}
if (!values.dry) writeFileSync(join(FOLDER, "README.md"), overview());
process.exit(missed > 0 ? 1 : 0);

/** What every page says of all families, in one table. */
function overview(): string {
  const rows = TARGETS.map((target) => {
    const page = join(FOLDER, `${nameOf(target)}.md`);
    const all = existsSync(page) ? /^\| all \|(.*)$/m.exec(readFileSync(page, "utf8"))?.[1] : undefined;
    return `| [${nameOf(target)}](${nameOf(target)}.md) |${all ?? " not played".padEnd(20)}`;
  });
  return [
    "# The attack gate",
    "",
    "Every attack of the list, several ways each, at every provider and mode: `npm run attacks`. CI plays all of them on Docker with runc in",
    "the strongest mode, and a sample of every family elsewhere. [What each defence is for](defences.md),",
    "[candidates that try to buy a mask](attribution.md).",
    "",
    tableHead("target"),
    ...rows,
    "",
  ].join("\n");
}

/** Null where the machine lacks what the target needs: that is said, and never taken for a pass. */
async function played(target: Target): Promise<Finding[] | null> {
  if (target.provider === "docker") await prepareImages(ctx, { socketPath, imagesRoot, images: ["python", "cpp"] });
  const { arena, close } = await openArena(target);
  try {
    await arena.close(await arena.open());
    return await playEntries(arena, entries);
  } catch (error) {
    console.log(`not played: ${messageOf(error)}`);
    missed++;
    return null;
  } finally {
    await close();
  }
}
