import type { ExecutionCase, ExecutionRequest } from "../../../execution/index.ts";
import { caseVerdict } from "../../case-verdict.ts";
import type { Judgement, Runs } from "../judgement.ts";
import { checkedFindings, firstFindings, type SharedFinding } from "./findings.ts";
import type { CounterPlan, Variant } from "./plan.ts";
import { REPORT_BYTES, REPORT_FILE } from "./report.ts";

/** Of what tests and program print together; it is only shown. */
const PRINTS_BYTES = 64 * 1024;

export interface SharedProcess {
  readonly plan: CounterPlan;
  /** What every run is, but for its cases. */
  readonly request: Omit<ExecutionRequest, "cases">;
  readonly filesOf: (variant: Variant) => NonNullable<ExecutionCase["files"]>;
}

/**
 * Judges a program by tests in its own process. They run as they are; what passes is believed only when the same tests,
 * falsified, fail where they were falsified, each variant in a fresh slot.
 */
export async function judgeSharedProcess(
  { candidate }: Runs,
  { plan, request, filesOf }: SharedProcess,
): Promise<Judgement> {
  const caseOf = (variant: Variant): ExecutionCase => ({
    files: filesOf(variant),
    outputs: [{ path: REPORT_FILE, limit: REPORT_BYTES }],
    keepBytes: PRINTS_BYTES,
  });
  const [real, ...falsified] = plan.variants;
  if (!real) throw new Error("a plan without its tests");
  const first = await candidate({ ...request, cases: [caseOf(real)] });
  const [stage] = first.cases;
  if (!stage) throw new Error("an execution without its case");
  const judged = (findings: readonly SharedFinding[]): Judgement => ({
    cases: findings.map(({ id, failure, evidence }, index) => {
      const facts = { index, input: null, expected: null, output: null, failure, evidence };
      return { ...caseVerdict(facts, stage), id };
    }),
    tests: Math.max(plan.ids.length, findings.length),
    isolation: "shared",
    sandbox: stage.sandbox,
  });
  const findings = firstFindings(plan, stage);
  if (findings.some(({ failure }) => failure !== null) || falsified.length === 0) return judged(findings);
  const checked = await candidate({ ...request, cases: falsified.map(caseOf) });
  const checks = falsified.map((variant, index) => ({ variant, stage: checked.cases[index] ?? null }));
  return judged(checkedFindings(findings, checks));
}
