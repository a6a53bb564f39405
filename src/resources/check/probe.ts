import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Verdict } from "../../contract/verdict.ts";
import type { Submission } from "../../verification/index.ts";
import { fenced } from "./fixtures.ts";

const PROBE = readFileSync(new URL("./programs/probe.py", import.meta.url), "utf8");
const MARK = "sandlot-probe ";
const MASK = 0x5a;
const MOST_SECONDS = 5;
/** Of the program's time: what is left over is for its start. */
const SHARE_OF_TIME = 0.4;

/** What the probe says of its search. */
const Found = z.object({
  canaries: z.array(z.string()),
  hits: z.array(z.tuple([z.int(), z.string()])),
  counts: z.record(z.string(), z.number()),
  complete: z.boolean(),
});
export type Found = z.infer<typeof Found>;

/** A program that searches its sandbox for the secrets, as an answer to the task; they are in it only in disguise. */
export function probeAnswer(secrets: readonly string[], { limits, tests }: Submission): string {
  const seconds = Math.min(MOST_SECONDS, (SHARE_OF_TIME * (limits.cpuMs ?? limits.wallMs ?? 10_000)) / 1000);
  const plan = { needles: secrets.map(masked), seconds, entry: entryOf(tests) };
  return fenced("python", `PLAN_TEXT = ${JSON.stringify(JSON.stringify(plan))}\n${PROBE}`);
}

/** Where the tests come in: a function of the program, or the program itself. */
function entryOf(tests: Submission["tests"]): string | null {
  if ("entryPoint" in tests) return tests.entryPoint;
  if (tests.kind !== "cases") return null;
  const [first] = tests.cases;
  return first?.kind === "call" ? first.functionName : null;
}

function masked(text: string): string {
  return Buffer.from(Buffer.from(text).map((byte) => byte ^ MASK)).toString("hex");
}

/** The probe's report; null when none came out. */
export function foundBy(verdict: Verdict): Found | null {
  for (const { stderr } of verdict.cases) {
    const line = (stderr ?? "").split("\n").findLast((text) => text.startsWith(MARK));
    if (line === undefined) continue;
    try {
      return Found.parse(JSON.parse(line.slice(MARK.length)));
    } catch {
      return null;
    }
  }
  return null;
}
