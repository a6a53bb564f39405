import { randomInt } from "node:crypto";
import { z } from "zod";
import { SandlotError } from "../../../core/errors/sandlot-error.ts";
import { lastLines } from "../../../sandbox/index.ts";
import { COUNTER_CHECK } from "../../harness/index.ts";
import type { Runs } from "../judgement.ts";

const Source = z.object({ path: z.string(), text: z.string() });
export type Source = z.infer<typeof Source>;

/** Sources of the tests, and where tests of them must fail because they are falsified there. */
const Variant = z.object({
  sources: z.array(Source),
  /** By test: path, first line, last line. */
  falsified: z.record(z.string(), z.array(z.tuple([z.string(), z.int(), z.int()]))),
});
export type Variant = z.infer<typeof Variant>;

const CounterPlan = z.object({
  /** Every test that has to be seen to pass. */
  ids: z.array(z.string()),
  /** Modules of the standard library that the tests import. */
  imports: z.array(z.string()),
  /** Tests without an assertion that could be falsified. */
  unchecked: z.array(z.string()),
  /** The first is not falsified. */
  variants: z.array(Variant).min(1),
});
export type CounterPlan = z.infer<typeof CounterPlan>;

/** Trusted tests, as far as a plan needs to know them. */
export interface PlannedTests {
  readonly style: "check" | "asserts" | "unittest" | "pytest";
  /** For `asserts`: what they need, then each of them. */
  readonly sources: readonly Source[];
  /** Names of the program that the sources use without importing them. */
  readonly names: readonly string[];
  readonly expected: readonly string[] | null;
  readonly image?: string | undefined;
}

/** Falsified variants beside the one that is not: the more assertions a test has, the more of them. */
const VARIANTS = { least: 4, most: 8 } as const;
const PLAN_BYTES = 32 << 20;
const LIMITS = { wallMs: 30_000, cpuMs: 30_000, memoryBytes: 512 << 20 } as const;

/**
 * Names the tests and falsifies them, in a sandbox where no candidate is. Throws `verifier_failed` when the tests cannot be
 * read or there are none: they are trusted, so that is no candidate's doing.
 */
export async function planCounterCheck({ judge }: Runs, tests: PlannedTests): Promise<CounterPlan> {
  const { image, ...asked } = tests;
  // What is falsified, and how, is for no candidate to know.
  const request = { ...asked, seed: randomInt(2 ** 32), ...VARIANTS };
  const { cases } = await judge({
    language: "python",
    ...(image ? { image } : {}),
    code: COUNTER_CHECK.code,
    files: COUNTER_CHECK.files,
    limits: LIMITS,
    cases: [
      {
        files: [{ path: "request.json", data: Buffer.from(JSON.stringify(request)) }],
        outputs: [{ path: "plan.json", limit: PLAN_BYTES }],
      },
    ],
  });
  const [stage] = cases;
  const [file] = stage?.files ?? [];
  if (!stage || stage.status !== "ok" || file?.status !== "ok") {
    const said = stage ? (lastLines(stage.stderr).at(-1) ?? stage.message) : "nothing was run";
    throw new SandlotError("verifier_failed", { detail: `the tests cannot be counter-checked: ${said}` });
  }
  const plan = CounterPlan.parse(JSON.parse(Buffer.from(file.data).toString("utf8")));
  if (plan.ids.length > 0) return plan;
  throw new SandlotError("verifier_failed", { detail: "no test was found in the source: name them in expected" });
}
