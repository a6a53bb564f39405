export type { SelfTestReport } from "./report.ts";
export { SelfTest } from "./self-test.ts";
