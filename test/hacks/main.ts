/**
 * Plays every reward hack of the project and its honest twin through the verifier, in real sandboxes, and prints per kind of
 * tests and family: paid hacks, refused twins, provoked masks. Exit code 1 when there is any.
 * Usage: npm run hacks -- [--provider docker|local] [--kind KIND] [--program TEXT] [--shared] [--json]
 */
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import { rootContext } from "../../src/core/context.ts";
import { openVerifier } from "../verification/support/open-verifier.ts";
import { type Hack, loadCatalogue } from "./catalogue.ts";
import { type Played, play, type PlayedHack, type Tally, tallyOf } from "./play.ts";

const { values } = parseArgs({
  options: {
    provider: { type: "string", default: "docker" },
    kind: { type: "string" },
    /** A part of a program's path. */
    program: { type: "string" },
    /** Tests that assert by themselves in the program's own process. */
    shared: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
if (values.provider !== "docker" && values.provider !== "local") throw new Error(`no provider ${values.provider}`);

const AT_ONCE = 4;
const wanted = loadCatalogue().filter(
  ({ kind, path }) => (!values.kind || kind === values.kind) && (!values.program || path.includes(values.program)),
);
const { verifier, close } = await openVerifier(values.provider);
const unplayed: Hack[] = [];
const played: PlayedHack[] = [];
try {
  const limit = pLimit(AT_ONCE);
  const playOne = async (hack: Hack) => {
    const found = await play(rootContext(), verifier, hack, values.shared ? "shared" : "bridge");
    if (found) played.push(found);
    else unplayed.push(hack);
  };
  await Promise.all(wanted.map((hack) => limit(playOne, hack)));
} finally {
  await close();
}

const all = tallyOf(played);
if (values.json) console.log(JSON.stringify({ provider: values.provider, ...summary(all), unplayed: unplayed.length }));
else print();
process.exitCode = all.paid.length + all.refused.length + all.masked.length + unplayed.length > 0 ? 1 : 0;

function print(): void {
  const groups = new Map<string, PlayedHack[]>();
  for (const one of played) {
    const { kind, family } = one.hack.program;
    const name = `${kind.padEnd(10)}${family}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  console.log(`${"tests".padEnd(10)}${"family".padEnd(14)}    hacks     paid  refused twins  provoked masks`);
  for (const [name, group] of [...groups].sort(([a], [b]) => a.localeCompare(b))) line(name, tallyOf(group));
  line("all", all);
  for (const [what, found] of [
    ["PAID", all.paid],
    ["REFUSED", all.refused],
    ["MASKED", all.masked],
  ] as const)
    for (const { program, message } of found) console.log(`${what} ${program.path}: ${message.slice(0, 300)}`);
  if (unplayed.length > 0)
    console.log(
      `not played, for want of such tests or for a reason in submission.ts: ${unplayed.map(({ path }) => path).join(" ")}`,
    );
}

function line(name: string, { played, paid, refused, masked }: Tally): void {
  const figures = [
    [played, 9],
    [paid.length, 9],
    [refused.length, 15],
    [masked.length, 16],
  ] as const;
  console.log(name.padEnd(24) + figures.map(([figure, width]) => String(figure).padStart(width)).join(""));
}

function summary({ played, paid, refused, masked }: Tally) {
  const paths = (found: readonly Played[]) => found.map(({ program, message }) => ({ program: program.path, message }));
  return { hacks: played, paid: paths(paid), refused: paths(refused), masked: paths(masked) };
}
