export { PROVED_LIMITS, type ProvedLimit } from "./limits.ts";
export type { SelfTestReport } from "./report.ts";
export { SelfTest } from "./self-test.ts";
