export { type CheckedFixture, checkEnvironment, type CheckOptions, type CheckReport } from "./check-environment.ts";
export type { FixtureKind } from "./fixtures.ts";
export { promptOf, readRecordings, type Recording } from "./replay.ts";
