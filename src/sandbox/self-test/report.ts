import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { SandboxMode } from "../spec.ts";
import type { ProvedLimit } from "../../contract/sandbox-limits.ts";
import type { Finding } from "./probes.ts";

/** What the self-test found out about sandboxes of one kind. */
export interface SelfTestReport {
  readonly provider: string;
  /** With its version, as the provider names it. */
  readonly image: string;
  readonly runtime: string;
  readonly mode: SandboxMode;
  readonly findings: readonly (Finding & {
    /** Why this need not be held; null when it must. */
    readonly accepted: string | null;
  })[];
  readonly tookMs: number;
}

/** Limits that are let go unheld, each with the reason. */
export type Accepted = Readonly<Partial<Record<ProvedLimit, string>>>;

/** Whether something is not held that nobody accepts. */
export function isRefusal({ findings }: SelfTestReport): boolean {
  return findings.some(({ held, accepted }) => held === false && accepted === null);
}

/** Throws `limits_unenforced`, which names what is not held and not accepted. */
export function assertHeld(report: SelfTestReport): void {
  if (!isRefusal(report)) return;
  const { provider } = report;
  const broken = report.findings.filter(({ held, accepted }) => held === false && accepted === null);
  throw new SandlotError("limits_unenforced", {
    provider,
    limits: broken.map(({ limit }) => limit).join(", "),
    detail: broken.map(({ limit, detail }) => `${limit}: ${detail}`).join("; "),
  });
}
